// Hands a file to whoever holds the tablet: into the downloads of the browser.

export function saveFile(file: Blob, name: string): void {
  const address = URL.createObjectURL(file);
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  // the browser has taken it by then; an address that lives on holds the file in memory
  setTimeout(() => URL.revokeObjectURL(address), 60_000);
}

// Which build this is: a hash of its sources (build.mjs), told to the server and shown under "About".

declare const BUILD: string;

export const build: string = typeof BUILD === "undefined" ? "dev" : BUILD;

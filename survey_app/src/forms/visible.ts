// Letters that nobody sees come with what is pasted from a chat. The server refuses them, weeks later: they go at once.

// joiners, direction marks and the like, halves of a letter, fillers, control characters but for tab and new line
const HIDDEN = /[\p{Cf}\p{Cs}\u115f\u1160\u3164\uffa0]|(?![\t\n])\p{Cc}/gu;

/** The text as it is seen. */
export const visible = (text: string): string => text.replace(/[\u2028\u2029]|\r\n?/g, "\n").replace(HIDDEN, "");

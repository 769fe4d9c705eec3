/** k6's console, which its types leave out. */
declare const console: { info(text: string): void };

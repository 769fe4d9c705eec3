/** k6's console, which is missing from its types. */
declare const console: { info(text: string): void };

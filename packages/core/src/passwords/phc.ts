export interface Argon2Parameters {
  /** Memory in KiB. */
  memory: number;
  passes: number;
  parallelism: number;
}

export interface PhcHash extends Argon2Parameters {
  salt: Buffer;
  tag: Buffer;
}

const PHC =
  /^\$argon2id\$v=19\$m=(\d{1,10}),t=(\d{1,10}),p=(\d{1,8})\$([A-Za-z0-9+/]{11,64})\$([A-Za-z0-9+/]{16,128})$/;

/**
 * The PHC string format, as every Argon2 library reads it:
 * https://github.com/P-H-C/phc-string-format
 */
export function formatPhc({ memory, passes, parallelism, salt, tag }: PhcHash): string {
  return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${unpadded(salt)}$${unpadded(tag)}`;
}

/** Reads what {@link formatPhc} wrote. @throws when the text is no Argon2id hash */
export function parsePhc(text: string): PhcHash {
  const match = PHC.exec(text);
  // The text stays out of the message, which may be logged.
  if (!match) throw new Error("A stored password is not an Argon2id hash in PHC format.");
  const [, memory, passes, parallelism, salt, tag] = match as unknown as [string, ...string[]];
  return {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    salt: Buffer.from(salt as string, "base64"),
    tag: Buffer.from(tag as string, "base64"),
  };
}

function unpadded(bytes: Buffer): string {
  return bytes.toString("base64").replace(/=+$/, "");
}

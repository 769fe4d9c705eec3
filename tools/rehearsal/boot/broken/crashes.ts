/** A version that ends as soon as it starts. */
export async function serve(): Promise<void> {
  throw new Error("the rehearsal's crash");
}

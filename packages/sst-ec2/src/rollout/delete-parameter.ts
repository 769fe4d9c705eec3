/** Deletes a parameter of SSM that may be gone already. */
export async function deleteParameter(name: string, region: string): Promise<void> {
  const { DeleteParameterCommand, ParameterNotFound, SSMClient } = await import(
    "@aws-sdk/client-ssm"
  );
  const client = new SSMClient({ region });
  await client.send(new DeleteParameterCommand({ Name: name })).catch((error) => {
    // The usual case: the engine knew of it, and has removed it already.
    if (!(error instanceof ParameterNotFound)) throw error;
  });
}

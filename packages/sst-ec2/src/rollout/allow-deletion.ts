/** Takes the protection away from a balancer, so that it can be deleted. */
export async function allowDeletion(arn: string, region: string): Promise<void> {
  const { ElasticLoadBalancingV2Client, ModifyLoadBalancerAttributesCommand } = await import(
    "@aws-sdk/client-elastic-load-balancing-v2"
  );
  const client = new ElasticLoadBalancingV2Client({ region });
  const Attributes = [{ Key: "deletion_protection.enabled", Value: "false" }];
  try {
    await client.send(
      new ModifyLoadBalancerAttributesCommand({ LoadBalancerArn: arn, Attributes }),
    );
  } catch (error) {
    // Somebody was quicker.
    if ((error as Error).name !== "LoadBalancerNotFoundException") throw error;
  }
}

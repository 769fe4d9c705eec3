/**
 * Changes a resource that a component creates: values that replace its arguments, or a function that
 * changes arguments and options in place. The same as in SST's own components.
 */
export type Transform<T> =
  | Partial<T>
  | ((args: T, opts: $util.CustomResourceOptions, name: string) => undefined);

/**
 * Applies a transform to what a resource's constructor takes.
 *
 * @example
 * ```ts
 * new aws.ec2.SecurityGroup(...transform(args.transform?.securityGroup, name, { vpcId }, { parent }));
 * ```
 */
export function transform<T extends object>(
  change: Transform<T> | undefined,
  name: string,
  args: T,
  opts: $util.CustomResourceOptions,
): [string, T, $util.CustomResourceOptions] {
  if (typeof change === "function") {
    change(args, opts, name);
    return [name, args, opts];
  }
  return [name, { ...args, ...change }, opts];
}

/**
 * Arguments for a component's base class: `$transform` can change them there, and the engine, which
 * would write them into the state with every secret, sees none.
 *
 * @param args A copy of the component's own, which continues to use them.
 */
export function forTransform<T extends object>(args: T): $util.Inputs {
  return new Proxy(args, { ownKeys: () => [] }) as $util.Inputs;
}

/** What an instance of a group is: its template, and the parameter that it reads. */

import { checkVariable } from "../boot/quote.ts";
import { renderUserData } from "../boot/user-data.ts";
import { SSM_VARIABLE } from "../boot/validate.ts";
import { ArgumentError } from "../sst/argument-error.ts";
import { type Linkable, linkEnvironment } from "../sst/link.ts";
import { uniqueName } from "../sst/naming.ts";
import { createParameter } from "../sst/parameter.ts";
import { regionName } from "../sst/region.ts";
import { transform } from "../sst/transform.ts";
import type { Artifact, DeployedArgs, ServiceArgs } from "./args.ts";
import { isPlain } from "./command.ts";
import type { Logging } from "./logging.ts";

/** The most that an SSM parameter holds. */
const PARAMETER_BYTES = 8192;

/** Where the root disk of Amazon Linux hangs. */
const ROOT_DEVICE = "/dev/xvda";

/**
 * One encrypted parameter with links and environment. AWS keeps the versions of before, and a launch
 * template names the version it was made for, so going back to it finds what it needs.
 *
 * Up to 4 KB it is free; a larger one becomes an "advanced" parameter by itself.
 */
export function createLinksParameter(
  name: string,
  args: ServiceArgs,
  links: readonly Linkable[],
  parent: $util.Resource,
): aws.ssm.Parameter {
  const value = $util
    .all([
      linkEnvironment(links),
      $util.output(args.environment ?? {}),
      $util.output(args.ssm ?? {}),
    ])
    .apply(([linked, environment, ssm]) => {
      checkVariables(name, environment, isPlain(args));
      return parameterValue(name, {
        ...environment,
        ...(Object.keys(ssm).length > 0 && { [SSM_VARIABLE]: JSON.stringify(ssm) }),
        ...linked,
      });
    });
  return createParameter(
    `${name}Links`,
    {
      name: `/${$app.name}/${$app.stage}/${name}/links`,
      description: `Links and environment of ${name}`,
      type: "SecureString",
      tier: "Intelligent-Tiering",
      value: $util.secret(value),
    },
    { parent },
    args.transform?.parameter,
  );
}

/**
 * Refuses what would not reach the program exactly as it is.
 *
 * @param plain whether systemd sets the variables, rather than the preload
 * @throws The message names the variable and never its value.
 */
export function checkVariables(
  service: string,
  environment: Record<string, string>,
  plain: boolean,
): void {
  for (const [name, value] of Object.entries(environment))
    try {
      checkVariable(name, value, plain);
    } catch (error) {
      throw new ArgumentError(`"${service}": ${(error as Error).message}.`);
    }
}

/**
 * The parameter's text.
 *
 * @throws When it is longer than AWS takes.
 */
export function parameterValue(name: string, environment: Record<string, string>): string {
  const text = JSON.stringify(environment);
  const size = Buffer.byteLength(text);
  if (size <= PARAMETER_BYTES) return text;
  throw new ArgumentError(
    `"link" and "environment" of "${name}" have ${size} bytes; an SSM parameter holds ${PARAMETER_BYTES}.`,
  );
}

interface LaunchTemplateContext {
  name: string;
  args: DeployedArgs;
  instances: readonly string[];
  disk: number;
  port: number;
  processes: number | undefined;
  drain: number;
  startPeriod: number;
  healthPath: string;
  healthCodes: string;
  waitsForPort: boolean;
  parameter: aws.ssm.Parameter;
  profile: aws.iam.InstanceProfile;
  securityGroup: aws.ec2.SecurityGroup;
  group: string;
  hook: string;
  logging: Logging;
  parent: $util.Resource;
}

/** The launch template; each change makes a new version of it. */
export function createLaunchTemplate(context: LaunchTemplateContext): aws.ec2.LaunchTemplate {
  const { name, args, parent } = context;
  const tags = { Name: `${$app.name}-${$app.stage}-${name}`, app: $app.name, stage: $app.stage };
  return new aws.ec2.LaunchTemplate(
    ...transform(
      args.transform?.launchTemplate,
      uniqueName(name, "aws:ec2/launchTemplate:LaunchTemplate"),
      {
        description: `Instances of ${name}`,
        imageId: args.ami ?? latestImage(args.artifact, parent),
        instanceType: context.instances[0] as string,
        iamInstanceProfile: { arn: context.profile.arn },
        networkInterfaces: [
          {
            deviceIndex: 0,
            deleteOnTermination: "true",
            associatePublicIpAddress: $util
              .output(args.vpc.publicIp)
              .apply((address) => (address ? "true" : "false")),
            securityGroups: [context.securityGroup.id],
          },
        ],
        // One hop: the token never leaves the instance, not even to a container on it.
        metadataOptions: {
          httpEndpoint: "enabled",
          httpTokens: "required",
          httpPutResponseHopLimit: 1,
        },
        blockDeviceMappings: [
          {
            deviceName: ROOT_DEVICE,
            ebs: {
              volumeType: "gp3",
              volumeSize: context.disk,
              encrypted: "true",
              deleteOnTermination: "true",
            },
          },
        ],
        monitoring: { enabled: args.detailedMonitoring ?? false },
        updateDefaultVersion: true,
        userData: userData(context).apply((text) => Buffer.from(text).toString("base64")),
        tagSpecifications: ["instance", "volume", "network-interface"].map((resourceType) => ({
          resourceType,
          tags,
        })),
      },
      { parent },
    ),
  );
}

/** AWS's public parameter, read now: a rollback must find the image of before, not the newest. */
function latestImage({ architecture }: Artifact, parent: $util.Resource) {
  const suffix = architecture === "x64" ? "x86_64" : "arm64";
  const name = `/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-${suffix}`;
  return aws.ssm.getParameterOutput({ name }, { parent }).insecureValue;
}

function userData(context: LaunchTemplateContext) {
  const { name, args, parameter, drain, group, hook, logging, parent } = context;
  const { artifact } = args;
  return $util
    .all([
      regionName(parent),
      artifact.bucket,
      artifact.runtime,
      artifact.app,
      $interpolate`${parameter.name}:${parameter.version}`,
      artifact.start,
      artifact.plain,
      $util.output(logging.agent),
    ])
    .apply(([region, bucket, runtime, app, links, start, plain, agent]) =>
      renderUserData({
        service: name.toLowerCase(),
        region,
        bucket,
        runtime,
        app,
        linksParameters: [links],
        environment: {},
        port: context.port,
        start: [...start],
        plain,
        healthPath: context.healthPath,
        healthCodes: context.healthCodes,
        waitsForPort: context.waitsForPort,
        readySeconds: context.startPeriod,
        balanced: args.target !== undefined,
        ...(context.processes && { processes: context.processes }),
        drainSeconds: drain,
        lifecycle: { group, hook },
        logFile: logging.logGroup !== undefined,
        agent,
      }),
    );
}

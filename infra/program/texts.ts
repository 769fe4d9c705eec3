/**
 * Rules for texts that AWS receives. Most services reject an invalid character only in the middle
 * of a deploy.
 */
import { ArgumentError } from "sst-ec2/helpers";

interface Rule {
  max: number;
  /** Allowed characters. @default any */
  alphabet?: RegExp;
  /** The alphabet in words. */
  allowed?: string;
}

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html */
const SECURITY_GROUP: Rule = {
  max: 255,
  alphabet: /^[a-zA-Z0-9 ._\-:/()#,@[\]+=&;{}!$*]*$/,
  allowed: "letters, digits, spaces and ._-:/()#,@[]+=&;{}!$*",
};

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateRole.html */
const IAM: Rule = {
  max: 1000,
  alphabet: /^[\t\n\r\x20-\x7E\xA1-\xFF]*$/,
  allowed: "characters of Latin-1",
};

/** https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html */
const TAG: Rule = {
  max: 256,
  alphabet: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u,
  allowed: "letters, digits, spaces and _.:/=+-@",
};

const plain = (max: number): Rule => ({ max });

/** By Pulumi type and input path; `*` stands for each entry of a list. */
const RULES: Record<string, Record<string, Rule>> = {
  "aws:cloudwatch/compositeAlarm:CompositeAlarm": { alarmDescription: plain(1024) },
  "aws:cloudwatch/eventRule:EventRule": { description: plain(512) },
  "aws:cloudwatch/metricAlarm:MetricAlarm": { alarmDescription: plain(1024) },
  "aws:codebuild/project:Project": { description: plain(255) },
  "aws:ec2/launchTemplate:LaunchTemplate": { description: plain(255) },
  "aws:ec2/securityGroup:SecurityGroup": {
    description: SECURITY_GROUP,
    "ingress.*.description": SECURITY_GROUP,
    "egress.*.description": SECURITY_GROUP,
  },
  "aws:iam/role:Role": { description: IAM },
  "aws:lb/listener:Listener": { "defaultActions.*.fixedResponse.messageBody": plain(1024) },
  "aws:ssm/parameter:Parameter": {
    description: plain(1024),
    name: {
      max: 1011,
      alphabet: /^[a-zA-Z0-9_.\-/]*$/,
      allowed: "letters, digits and _.-/",
    },
  },
  "aws:cloudwatch/logGroup:LogGroup": {
    name: {
      max: 512,
      alphabet: /^[a-zA-Z0-9_.\-/#]*$/,
      allowed: "letters, digits and _.-/#",
    },
  },
  "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule": { description: SECURITY_GROUP },
  "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": { description: SECURITY_GROUP },
};

/** For every type. */
const EVERYWHERE: Record<string, Rule> = { "tags.*": TAG, "tagSpecifications.*.tags.*": TAG };

/**
 * Checks the texts of every resource of the program, SST's own included.
 * @throws ArgumentError from the resource's constructor, in one line that names the text and what
 *   is allowed
 */
export function checkTexts(): void {
  $util.runtime.registerStackTransformation(({ type, name, props, opts }) => {
    const rules = Object.entries({ ...RULES[type], ...EVERYWHERE });
    const checked = rules.reduce(
      (inputs, [path, rule]) =>
        checkedAt(inputs, path.split("."), (text) => {
          const problem = textProblem(text, rule);
          if (problem) throw new ArgumentError(`"${path}" of "${name}" (${type}) ${problem}`);
        }),
      props,
    );
    return { props: checked, opts };
  });
}

/** In words that follow the text's name. Pure. */
export function textProblem(text: string, { max, alphabet, allowed }: Rule): string | undefined {
  if (text.length > max) return `has ${text.length} characters; AWS takes ${max}.`;
  if (alphabet && !alphabet.test(text)) return `is "${text}"; AWS takes ${allowed}.`;
  return undefined;
}

type Check = (text: string) => void;

/** The inputs with the text at a path checked: now, or once it is known. */
// biome-ignore lint/suspicious/noExplicitAny: inputs of every type of resource.
function checkedAt(value: any, [step, ...rest]: string[], check: Check): any {
  if (value === undefined || value === null) return value;
  if ($util.Output.isInstance(value))
    return value.apply((known) =>
      checkedAt(known, step === undefined ? [] : [step, ...rest], check),
    );
  if (step === undefined) {
    if (typeof value === "string") check(value);
    return value;
  }
  if (typeof value !== "object") return value;
  const into = (each: unknown) => checkedAt(each, rest, check);
  if (step !== "*") return step in value ? { ...value, [step]: into(value[step]) } : value;
  if (Array.isArray(value)) return value.map(into);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, into(each)]));
}

/** Shells on instances: how Session Manager opens and records them, and who may ask for one. Pure. */
import { SHELL_DOCUMENT, SHELL_LOG } from "./access.ts";
import { APP, type Grants, NO_RESOURCES } from "./grant.ts";

/** Who calls, in IAM's words. */
const USER_ID = "$" + "{aws:userid}";

/** How long the log group keeps what was typed and shown. */
export const SHELL_LOG_DAYS = 365;

/**
 * The Session document. What is typed and shown goes to the log group as it comes, so that a session
 * that breaks off is there too.
 */
export function shellDocument() {
  return {
    schemaVersion: "1.0",
    description: `Shells on the instances of ${APP}, recorded in ${SHELL_LOG}`,
    sessionType: "Standard_Stream",
    inputs: {
      cloudWatchLogGroupName: SHELL_LOG,
      cloudWatchStreamingEnabled: true,
      // It would ask for a key of the account's; CloudWatch Logs encrypts with its own.
      cloudWatchEncryptionEnabled: false,
      s3BucketName: "",
      s3KeyPrefix: "",
      s3EncryptionEnabled: false,
      // The user `ssm-user`, who may become root: a shell is for what nothing else tells.
      runAsEnabled: false,
      idleSessionTimeout: "20",
      maxSessionDuration: "240",
    },
  };
}

/**
 * Whoever opens shells: on the app's instances, by the document that records them and by no other, and
 * in their own sessions alone. AWS asks for both, the instance and the document.
 *
 * @param kept Names of stages on whose instances there is no shell.
 */
export const shell = (kept: readonly string[] = []): Grants => ({
  Instances: {
    on: ["arn:aws:ec2:*:*:instance/*"],
    calls: { ssm: "StartSession" },
    only: {
      StringEquals: { "aws:ResourceTag/app": APP },
      ...(kept.length > 0 && { StringNotEquals: { "aws:ResourceTag/stage": kept } }),
    },
  },
  Document: {
    on: [`arn:aws:ssm:*:*:document/${SHELL_DOCUMENT}`],
    calls: { ssm: "StartSession" },
  },
  OwnSessions: {
    // Session Manager begins a session's ID with who started it.
    on: [`arn:aws:ssm:*:*:session/${USER_ID}-*`],
    calls: { ssm: "ResumeSession TerminateSession", ssmmessages: "OpenDataChannel" },
  },
  Find: {
    on: ["*"],
    reason: NO_RESOURCES,
    calls: { autoscaling: "DescribeAutoScalingGroups" },
  },
});

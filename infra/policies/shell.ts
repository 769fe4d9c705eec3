/** Shells on instances: how Session Manager opens and records them, and who may open one. Pure. */
import { SHELL_DOCUMENT, SHELL_LOG } from "./access.ts";
import { APP, type Grants, NO_RESOURCES } from "./grant.ts";

/** The caller, as an IAM variable. */
const USER_ID = "$" + "{aws:userid}";

/** Days for which the record is kept. */
export const SHELL_LOG_DAYS = 365;

/**
 * The Session document. Input and output are streamed, so that a broken session is recorded, too.
 */
export function shellDocument() {
  return {
    schemaVersion: "1.0",
    description: `Shells on the instances of ${APP}, recorded in ${SHELL_LOG}`,
    sessionType: "Standard_Stream",
    inputs: {
      cloudWatchLogGroupName: SHELL_LOG,
      cloudWatchStreamingEnabled: true,
      // This would require a customer-managed key; CloudWatch Logs encrypts with its own.
      cloudWatchEncryptionEnabled: false,
      s3BucketName: "",
      s3KeyPrefix: "",
      s3EncryptionEnabled: false,
      // The user `ssm-user`, who may become root: a shell is the last resort.
      runAsEnabled: false,
      idleSessionTimeout: "20",
      maxSessionDuration: "240",
    },
  };
}

/**
 * Opens shells on the app's instances, by the document that records them, and only one's own.
 * @param kept stages on whose instances no shell is allowed
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
    // Session Manager starts a session's ID with the caller's.
    on: [`arn:aws:ssm:*:*:session/${USER_ID}-*`],
    calls: { ssm: "ResumeSession TerminateSession", ssmmessages: "OpenDataChannel" },
  },
  Find: {
    on: ["*"],
    reason: NO_RESOURCES,
    calls: { autoscaling: "DescribeAutoScalingGroups" },
  },
});

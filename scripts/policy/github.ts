/** The role that GitHub Actions deploys with. */
import type { Policy } from "./policies.ts";

const ISSUER = "token.actions.githubusercontent.com";

/**
 * Who may take the role: jobs of one environment of one repository, by a token that GitHub signs for
 * that job alone. The environment's own rules say which branches may use it.
 *
 * @param account The AWS account's number.
 * @param repository `owner/name`.
 * @param environment The environment of the job that deploys.
 */
export function githubTrust(account: string, repository: string, environment: string): Policy {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/${ISSUER}` },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: {
            [`${ISSUER}:aud`]: "sts.amazonaws.com",
            [`${ISSUER}:sub`]: `repo:${repository}:environment:${environment}`,
          },
        },
      },
    ],
  };
}

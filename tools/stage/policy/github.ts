/** The deploy role of GitHub Actions. */
import type { Policy } from "./policies.ts";

const ISSUER = "token.actions.githubusercontent.com";

/** Jobs that may assume the role. */
export interface GitHubJobs {
  /** `owner/name`. */
  repository: string;
  /** The deploying job's environment. */
  environment: string;
  /** GitHub's permanent numbers of the owner and the repository. */
  ids?: { owner: string; repository: string } | undefined;
}

/**
 * Trust for jobs of one environment of one repository, by a token that GitHub signs for that job.
 * The environment's own rules decide which branches may use it.
 *
 * Repositories created, renamed or moved since July 2026, and older ones that opt in, have the
 * numbers of owner and repository in the token's subject; others only have names. The trust matches
 * both. Without numbers any match, which trusts whoever takes over the names.
 *
 * @param account The AWS account's number.
 */
export function githubTrust(account: string, jobs: GitHubJobs): Policy {
  return {
    Version: "2012-10-17",
    Statement: [
      {
        Effect: "Allow",
        Principal: { Federated: `arn:aws:iam::${account}:oidc-provider/${ISSUER}` },
        Action: "sts:AssumeRoleWithWebIdentity",
        Condition: {
          StringEquals: { [`${ISSUER}:aud`]: "sts.amazonaws.com" },
          StringLike: { [`${ISSUER}:sub`]: subjects(jobs) },
        },
      },
    ],
  };
}

function subjects({ repository, environment, ids }: GitHubJobs): string[] {
  const [owner, name] = repository.split("/");
  const numbered = `${owner}@${ids?.owner ?? "*"}/${name}@${ids?.repository ?? "*"}`;
  return [repository, numbered].map((each) => `repo:${each}:environment:${environment}`);
}

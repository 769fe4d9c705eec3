/** The role that GitHub Actions deploys with. */
import type { Policy } from "./policies.ts";

const ISSUER = "token.actions.githubusercontent.com";

/** Whose jobs may take the role. */
export interface GitHubJobs {
  /** `owner/name`. */
  repository: string;
  /** The environment of the job that deploys. */
  environment: string;
  /** GitHub's numbers of the owner and of the repository, by which they are known for good. */
  ids?: { owner: string; repository: string } | undefined;
}

/**
 * Who may take the role: jobs of one environment of one repository, by a token that GitHub signs for
 * that job alone. The environment's own rules say which branches may use it.
 *
 * Repositories that were made, renamed or moved since July 2026, and older ones that ask for it, have
 * the numbers of owner and repository in the token's subject; the others have names alone. The trust
 * fits both. Without numbers any will do, which trusts whoever gets the names after you.
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

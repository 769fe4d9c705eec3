import { isDeepStrictEqual } from "node:util";
import { IAM } from "@aws-sdk/client-iam";
import { BOUNDARY, PATH, PERSONAL_BOUNDARY } from "../../../../infra/policies/access.ts";
import { boundaryGrants } from "../../../../infra/policies/deployer.ts";
import { policyOf } from "../../../../infra/policies/grant.ts";
import { stageOf } from "../../../../infra/stages.ts";
import { type Check, fault, isRefusal, note, ok } from "../check.ts";
import { options } from "../clients.ts";

const HOW = "deploy the access stack, once an account: docs/deploy.md";

/**
 * The boundary of the stage's roles, without which none can be created. One that says something else
 * than this version of the project came with another: roles may lack what is new.
 */
export const access: Check = {
  name: "access stack",
  async look({ account, region, stage }) {
    const name = stageOf(stage).retain ? BOUNDARY : PERSONAL_BOUNDARY;
    const PolicyArn = `arn:aws:iam::${account}:policy${PATH}${name}`;
    const iam = new IAM(options(region));
    try {
      const { Policy } = await iam.getPolicy({ PolicyArn });
      const VersionId = Policy?.DefaultVersionId;
      const version = await iam.getPolicyVersion({ PolicyArn, VersionId });
      const document = decodeURIComponent(version.PolicyVersion?.Document ?? "{}");
      return isDeepStrictEqual(JSON.parse(document), policyOf(boundaryGrants()[name] ?? {}))
        ? ok(`the boundary ${name} is there`)
        : note(`the boundary ${name} is of another version of the project, or of its stages`, HOW);
    } catch (error) {
      if (isRefusal(error)) return note(`whether ${name} is there may not be asked`);
      if (!/NoSuchEntity/.test((error as Error).name)) throw error;
      return fault(`the boundary ${name} is missing`, HOW);
    }
  },
};

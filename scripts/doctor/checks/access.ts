import { GetPolicyCommand, IAMClient } from "@aws-sdk/client-iam";
import { BOUNDARY, PATH, PERSONAL_BOUNDARY } from "../../../infra/policies/access.ts";
import { stageOf } from "../../../infra/stages.ts";
import { type Check, fault, isRefusal, note, ok } from "../check.ts";
import { options } from "../clients.ts";

/** The boundary of the stage's roles, without which none can be created. */
export const access: Check = {
  name: "access stack",
  async look({ account, region, stage }) {
    const name = stageOf(stage).retain ? BOUNDARY : PERSONAL_BOUNDARY;
    const PolicyArn = `arn:aws:iam::${account}:policy${PATH}${name}`;
    try {
      await new IAMClient(options(region)).send(new GetPolicyCommand({ PolicyArn }));
      return ok(`the boundary ${name} is there`);
    } catch (error) {
      if (isRefusal(error)) return note(`whether ${name} is there may not be asked`);
      if (!/NoSuchEntity/.test((error as Error).name)) throw error;
      return fault(
        `the boundary ${name} is missing`,
        "deploy the access stack, once an account: docs/deploy.md",
      );
    }
  },
};

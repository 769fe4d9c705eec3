/** The app's name, by which its policies know its resources. */
import { conditionsOf, type Scope } from "sst-ec2/policy";

export {
  type Condition,
  ec2,
  type Grant,
  type Grants,
  NO_RESOURCES,
  POLICY_CHARACTERS,
  type PolicyDocument,
  policyOf,
  type Statement,
} from "sst-ec2/policy";

/** The prefix of its resources' names and the value of their tag `app`. */
export const APP = "steadfast";

export const SCOPE: Scope = { app: APP, tag: "app" };

/** Existing resources with the app's tag, and new ones. */
export const { own: OWN, fresh: NEW } = conditionsOf(SCOPE);

/// <reference path="../../.sst/platform/config.d.ts" />
import { boundRoles } from "sst-ec2";
import type { Stage } from "../stages.ts";
import { BOUNDARY, PATH, PERSONAL_BOUNDARY } from "./access.ts";

/**
 * Attaches the account's permissions boundary to every role of the app, because a deployer may not create
 * any other. The boundary comes from the access stack (`docs/deploy.md`). Call this before any role is
 * created.
 *
 * @param stage A retained stage has a boundary of its own.
 */
export function boundStage(stage: Stage): void {
  boundRoles(`${PATH.slice(1)}${stage.retain ? BOUNDARY : PERSONAL_BOUNDARY}`);
}

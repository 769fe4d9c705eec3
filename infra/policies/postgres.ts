import { APP, type Grants } from "./grant.ts";

export const database: Grants = {
  Databases: {
    on: ["db", "pg", "snapshot", "subgrp"].map((kind) => `arn:aws:rds:*:*:${kind}:${APP}-*`),
    calls: {
      rds: `CreateDBInstance ModifyDBInstance RebootDBInstance DeleteDBInstance CreateDBSnapshot ListTagsForResource
        AddTagsToResource RemoveTagsFromResource CreateDBSubnetGroup ModifyDBSubnetGroup DeleteDBSubnetGroup
        DescribeDBSubnetGroups CreateDBParameterGroup ModifyDBParameterGroup ResetDBParameterGroup DeleteDBParameterGroup
        DescribeDBParameterGroups DescribeDBParameters`,
    },
  },
  // Every instance has an option group, even if none is named.
  DefaultOptions: {
    on: ["arn:aws:rds:*:*:og:default:*"],
    calls: { rds: "CreateDBInstance ModifyDBInstance" },
  },
  DatabasesRead: {
    // RDS uses an ID of its own here, and AWS-managed keys are named by IDs.
    on: ["arn:aws:rds:*:*:db:*", "arn:aws:kms:*:*:key/*"],
    calls: { rds: "DescribeDBInstances", kms: "DescribeKey" },
  },
  // RDS creates it with the rights of the instance's creator.
  MasterPassword: {
    on: ["arn:aws:secretsmanager:*:*:secret:rds!*"],
    calls: { secretsmanager: "CreateSecret TagResource" },
  },
};

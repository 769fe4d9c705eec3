/**
 * What deployers must not be able to do, simulated; beside each attack the legitimate call, if there
 * is one.
 */
import { describe, expect, test } from "vitest";
import { type Call, evaluate } from "../../policy/evaluate.ts";
import { ADA, arn, deployer, madeRole, OTHER, PROD, tagged } from "./support/account.ts";

const ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess";
const BOUNDARY = arn("iam", "policy/access/steadfast-boundary");
const PERSONAL_BOUNDARY = arn("iam", "policy/access/steadfast-personal-boundary");

const OWN_ROLES = ["Developer", "access/steadfast-github", "access/steadfast-pipeline"];
const APP_ROLE = arn("iam", "role/steadfast-ada-ApiRole-1a2b3c4");

const call = (action: string, resource: string, context: Call["context"] = {}): Call => ({
  action,
  resource,
  context,
});
const role = (name: string) => arn("iam", `role/${name}`);
const onRoles = (action: string, context: Call["context"] = {}) =>
  OWN_ROLES.map((name) => call(action, role(name), context));
const ec2 = (action: string, thing: string, tags: Record<string, string>, more = {}) =>
  call(`ec2:${action}`, arn("ec2", thing), { ...tagged(tags), ...more });
const parameter = (action: string, name: string) =>
  call(`ssm:${action}`, arn("ssm", `parameter/${name}`));
const object = (action: string, key: string) => call(`s3:${action}`, arn("s3", key));

/** Each call is an attack on its own. */
const attacks: Record<string, Call[]> = {
  "attach AdministratorAccess to the own role": onRoles("iam:AttachRolePolicy", {
    "iam:PolicyARN": ADMINISTRATOR,
  }),
  "attach AdministratorAccess to a role of the app": [BOUNDARY, PERSONAL_BOUNDARY].map((boundary) =>
    call("iam:AttachRolePolicy", APP_ROLE, {
      "iam:PolicyARN": ADMINISTRATOR,
      "iam:PermissionsBoundary": boundary,
    }),
  ),
  "write a statement into the own role": onRoles("iam:PutRolePolicy"),
  "change who may take the own role, or the pipeline's": onRoles("iam:UpdateAssumeRolePolicy"),
  "write a new version of the own policies, or of the boundary": [
    "steadfast-deploy-identity",
    "steadfast-personal-limits",
    "steadfast-boundary",
    "steadfast-personal-boundary",
  ].flatMap((name) =>
    ["iam:CreatePolicyVersion", "iam:SetDefaultPolicyVersion", "iam:DeletePolicy"].map((action) =>
      call(action, arn("iam", `policy/access/${name}`)),
    ),
  ),
  "take the limits off the own role": onRoles("iam:DetachRolePolicy"),
  "make a policy": [call("iam:CreatePolicy", arn("iam", "policy/steadfast-ada-all"))],
  "make a role without the boundary": [
    call("iam:CreateRole", role("steadfast-ada-Made"), tagged(ADA, "Request")),
    call("iam:CreateRole", role("steadfast-ada-Made"), {
      "iam:PermissionsBoundary": ADMINISTRATOR,
    }),
    call("iam:CreateRole", role("steadfast-ada-Made"), {
      "iam:PermissionsBoundary": arn("iam", "policy/steadfast-ada-boundary"),
    }),
    call("iam:CreateRole", role("Administrator"), { "iam:PermissionsBoundary": PERSONAL_BOUNDARY }),
  ],
  "take the boundary off a role, or give it another": [
    call("iam:DeleteRolePermissionsBoundary", APP_ROLE, {
      "iam:PermissionsBoundary": PERSONAL_BOUNDARY,
    }),
    call("iam:PutRolePermissionsBoundary", APP_ROLE, { "iam:PermissionsBoundary": ADMINISTRATOR }),
  ],
  "write into a role of the app's name that has no boundary": [
    call("iam:PutRolePolicy", APP_ROLE),
    call("iam:UpdateAssumeRolePolicy", APP_ROLE),
  ],
  "take another role": ["Administrator", "steadfast-ada-ApiRole-1a2b3c4", ...OWN_ROLES].map(
    (name) => call("sts:AssumeRole", role(name)),
  ),
  "pass a foreign role": ["Administrator", "shop-prod-ApiRole", "access/steadfast-github"].map(
    (name) => call("iam:PassRole", role(name), { "iam:PassedToService": "ec2.amazonaws.com" }),
  ),
  "pass the pipeline's role to anything but CodeBuild": [
    call("iam:PassRole", role("access/steadfast-pipeline"), {
      "iam:PassedToService": "ec2.amazonaws.com",
    }),
  ],
  "pass a role of the app to a service that it has no business with": [
    call("iam:PassRole", APP_ROLE, { "iam:PassedToService": "lambda.amazonaws.com" }),
  ],
  "put a foreign role into a profile": [
    call("iam:AddRoleToInstanceProfile", arn("iam", "instance-profile/shop-prod-Api")),
    call("iam:CreateUser", arn("iam", "user/eve")),
    call("iam:CreateAccessKey", arn("iam", "user/ada")),
  ],
  "run a document on an instance": [
    ...["AWS-RunShellScript", "steadfast-InstallAgent", "steadfast-ada-Evil"].flatMap((name) => [
      call("ssm:SendCommand", arn("ssm", `document/${name}`)),
    ]),
    call("ssm:SendCommand", arn("ec2", "instance/i-1"), tagged(ADA)),
    call("ssm:StartSession", arn("ec2", "instance/i-1"), tagged(ADA)),
    call("ssm:StartSession", arn("ssm", "document/steadfast-Shell")),
    ...["AWS-RunShellScript", "steadfast-InstallAgent", "steadfast-ada-Evil"].flatMap((name) => [
      call("ssm:CreateAssociation", arn("ssm", `document/${name}`)),
      call("ssm:UpdateAssociation", arn("ssm", `document/${name}`)),
    ]),
    call("ssm:CreateAssociation", arn("ec2", "instance/i-1"), tagged(ADA)),
    call("ssm:CreateAssociation", arn("ssm", "association/1"), tagged(ADA, "Request")),
    call("ssm:UpdateAssociation", arn("ssm", "association/1"), tagged(ADA)),
    call("ssm:UpdateAssociation", arn("ssm", "association/1"), tagged(OTHER)),
    call("ssm:StartAutomationExecution", arn("ssm", "automation-definition/AWS-StopInstance:1")),
  ],
  "write a document": [
    "steadfast-InstallAgent",
    "steadfast-Shell",
    "SSM-SessionManagerRunShell",
    "steadfast-ada-Evil",
    "Other",
  ].flatMap((name) =>
    ["ssm:CreateDocument", "ssm:UpdateDocument", "ssm:UpdateDocumentDefaultVersion"].map((action) =>
      call(action, arn("ssm", `document/${name}`)),
    ),
  ),
  "remove what was typed in shells, or keep it shorter": [
    call("logs:DeleteLogGroup", arn("logs", "log-group:/access/steadfast/shell")),
    call("logs:PutRetentionPolicy", arn("logs", "log-group:/access/steadfast/shell")),
    call("logs:DeleteLogStream", arn("logs", "log-group:/access/steadfast/shell:log-stream:x")),
  ],
  "stop, end or change a foreign instance": [OTHER, {}].flatMap((tags) =>
    ["StopInstances", "TerminateInstances", "ModifyInstanceAttribute"].map((action) =>
      ec2(action, "instance/i-1", tags),
    ),
  ),
  "take over a foreign instance, network or template by tagging it": [
    "instance/i-1",
    "vpc/vpc-1",
    "launch-template/lt-1",
    "subnet/subnet-1",
  ].flatMap((thing) =>
    [OTHER, {}].map((tags) => ec2("CreateTags", thing, tags, tagged(ADA, "Request"))),
  ),
  "take over somebody's security group or network ACL by tagging it": [
    "security-group/sg-1",
    "network-acl/acl-1",
  ].flatMap((thing) =>
    [OTHER, { "sst:app": "shop" }, { Name: "shop" }].map((tags) =>
      ec2("CreateTags", thing, tags, tagged(ADA, "Request")),
    ),
  ),
  "start an instance in a foreign network, or from a foreign template": [
    "subnet/subnet-1",
    "security-group/sg-1",
    "launch-template/lt-1",
  ].flatMap((thing) =>
    [OTHER, {}].map((tags) => ec2("RunInstances", thing, tags, tagged(ADA, "Request"))),
  ),
  "build in a foreign network": [OTHER, {}].flatMap((tags) => [
    ec2("CreateSubnet", "vpc/vpc-1", tags, tagged(ADA, "Request")),
    ec2("CreateSecurityGroup", "vpc/vpc-1", tags, tagged(ADA, "Request")),
    ec2("CreateVpcEndpoint", "vpc/vpc-1", tags, tagged(ADA, "Request")),
    ec2("CreateNatGateway", "subnet/subnet-1", tags, tagged(ADA, "Request")),
    ec2("CreateRoute", "route-table/rtb-1", tags),
    ec2("DeleteVpc", "vpc/vpc-1", tags),
    ec2("DeleteVpcEndpoints", "vpc-endpoint/vpce-1", tags),
    ec2("AuthorizeSecurityGroupIngress", "security-group/sg-1", tags),
    ec2("DeleteSecurityGroup", "security-group/sg-1", tags),
    ec2("ReleaseAddress", "elastic-ip/eipalloc-1", tags),
    ec2("ModifySubnetAttribute", "subnet/subnet-1", tags),
  ]),
  "make something of EC2 that does not carry the app's tag": [
    call("ec2:CreateVpc", arn("ec2", "vpc/vpc-1"), tagged(OTHER, "Request")),
    call("ec2:CreateLaunchTemplate", arn("ec2", "launch-template/lt-1")),
  ],
  "read another app's passphrase, or change SST's settings": [
    parameter("GetParameter", "sst/passphrase/shop/prod"),
    parameter("GetParameters", "sst/passphrase/shop/prod"),
    parameter("PutParameter", "sst/passphrase/shop/prod"),
    parameter("PutParameter", "sst/bootstrap"),
    parameter("GetParameter", "shop/prod/Api/links"),
  ],
  "read or change another app's state": [
    object("GetObject", "sst-state-abc/app/shop/prod.json"),
    object("PutObject", "sst-state-abc/secret/shop/prod.json"),
    object("DeleteObject", "sst-state-abc/lock/shop/prod.json"),
    call("s3:PutBucketPolicy", arn("s3", "sst-state-abc")),
    call("s3:DeleteBucket", arn("s3", "sst-state-abc")),
  ],
  "delete or change a foreign zone or certificate": [
    call("route53:DeleteHostedZone", arn("route53", "hostedzone/Z1")),
    ...["www.example.com", "example.com", "xapi.example.com"].map((name) =>
      call("route53:ChangeResourceRecordSets", arn("route53", "hostedzone/Z1"), {
        "route53:ChangeResourceRecordSetsNormalizedRecordNames": [name],
      }),
    ),
    call("route53:ChangeResourceRecordSets", arn("route53", "hostedzone/Z1"), {
      "route53:ChangeResourceRecordSetsNormalizedRecordNames": ["api.example.com", "example.com"],
    }),
    call("acm:DeleteCertificate", arn("acm", "certificate/1"), tagged(OTHER)),
    call("acm:DeleteCertificate", arn("acm", "certificate/1")),
  ],
  "touch another app's data": [
    call("dynamodb:DeleteTable", arn("dynamodb", "table/shop-prod-Users")),
    call("s3:GetObject", arn("s3", "shop-prod-uploads/a")),
    call("s3:PutBucketPolicy", arn("s3", "shop-prod-uploads")),
    call("rds:DeleteDBInstance", arn("rds", "db:shop-prod-main")),
    call("rds:ModifyDBInstance", arn("rds", "db:shop-prod-main")),
    call("logs:DeleteLogGroup", arn("logs", "log-group:/shop/prod/api")),
    call("sns:DeleteTopic", arn("sns", "shop-prod-Alarms")),
  ],
  "read a secret or a table": [
    call("secretsmanager:GetSecretValue", arn("secretsmanager", "secret:rds!db-1-abc")),
    call("dynamodb:Scan", arn("dynamodb", "table/steadfast-ada-UsersTable")),
  ],
  "use or take away a foreign connection": [
    call("codeconnections:UseConnection", arn("codeconnections", "connection/1"), tagged(OTHER)),
    call("codeconnections:PassConnection", arn("codeconnections", "connection/1"), tagged(OTHER)),
    call("codeconnections:DeleteConnection", arn("codeconnections", "connection/1")),
  ],
};

describe.each(["production", "personal"] as const)("who deploys the size %s cannot", (size) => {
  const who = deployer(size);
  test.each(Object.entries(attacks))("%s", async (_title, calls) => {
    for (const each of calls) expect([each, await evaluate(who, each)]).toEqual([each, "refused"]);
  });
});

/** The same calls on the app's own resources, to show that not everything is refused. */
const ada = tagged(ADA);
const ownCalls: Call[] = [
  call("iam:CreateRole", role("steadfast-ada-Made"), {
    "iam:PermissionsBoundary": PERSONAL_BOUNDARY,
    ...tagged(ADA, "Request"),
  }),
  call("iam:PutRolePolicy", APP_ROLE, { "iam:PermissionsBoundary": PERSONAL_BOUNDARY }),
  call("iam:PassRole", APP_ROLE, { "iam:PassedToService": "ec2.amazonaws.com" }),
  call("sts:AssumeRole", role("steadfast-ada-ApiDevRole-1a2b3c4")),
  call("ssm:DeleteAssociation", arn("ssm", "association/1"), tagged(ADA)),
  ec2("StopInstances", "instance/i-1", ADA),
  ec2("CreateTags", "vpc/vpc-1", ADA),
  ec2("CreateTags", "vpc/vpc-1", {}, { "ec2:CreateAction": "CreateVpc" }),
  ec2("CreateTags", "security-group/sg-1", {}, tagged(ADA, "Request")),
  ec2("RunInstances", "subnet/subnet-1", ADA),
  ec2("CreateSubnet", "vpc/vpc-1", ADA),
  ec2("AuthorizeSecurityGroupIngress", "security-group/sg-1", ADA),
  call("ec2:CreateVpc", arn("ec2", "vpc/vpc-1"), tagged(ADA, "Request")),
  parameter("GetParameter", "sst/passphrase/steadfast/ada"),
  parameter("GetParameter", "sst/bootstrap"),
  object("GetObject", "sst-state-abc/app/steadfast/ada.json"),
  object("GetObject", "sst-state-abc/secret/steadfast/_fallback.json"),
  call("route53:ChangeResourceRecordSets", arn("route53", "hostedzone/Z1"), {
    "route53:ChangeResourceRecordSetsNormalizedRecordNames": [
      "api.example.com",
      "_1a2b.api.example.com",
    ],
  }),
  call("acm:DeleteCertificate", arn("acm", "certificate/1"), ada),
  call("dynamodb:DeleteTable", arn("dynamodb", "table/steadfast-ada-UsersTable")),
];

test.each(["production", "personal"] as const)(
  "who deploys the size %s can do the same on what is the app's",
  async (size) => {
    const who = deployer(size);
    for (const each of ownCalls)
      expect([each, await evaluate(who, each)]).toEqual([each, "allowed"]);
  },
);

/** Production's resources: its deployers may touch them, personal deployers may not. */
const productionCalls: Record<string, Call[]> = {
  "make a role of its, or change one": [
    call("iam:CreateRole", role("steadfast-prod-Made"), { "iam:PermissionsBoundary": BOUNDARY }),
    call("iam:PutRolePolicy", role("steadfast-prod-ApiRole-1"), {
      "iam:PermissionsBoundary": BOUNDARY,
    }),
    call("iam:UpdateAssumeRolePolicy", role("steadfast-prod-ApiRole-1"), {
      "iam:PermissionsBoundary": BOUNDARY,
    }),
    call("iam:PassRole", role("steadfast-prod-ApiRole-1"), {
      "iam:PassedToService": "ec2.amazonaws.com",
    }),
    call("iam:DeleteRole", role("steadfast-prod-ApiRole-1")),
    call("sts:AssumeRole", role("steadfast-prod-ApiDevRole-1")),
  ],
  "make a role with its boundary": [
    call("iam:CreateRole", role("steadfast-ada-Made"), { "iam:PermissionsBoundary": BOUNDARY }),
    call("iam:PutRolePermissionsBoundary", APP_ROLE, { "iam:PermissionsBoundary": BOUNDARY }),
  ],
  "change its instances, network and templates": [
    ec2("StopInstances", "instance/i-1", PROD),
    ec2("CreateLaunchTemplateVersion", "launch-template/lt-1", PROD),
    ec2("AuthorizeSecurityGroupIngress", "security-group/sg-1", PROD),
    ec2("RunInstances", "subnet/subnet-1", PROD),
    ec2("DeleteTags", "instance/i-1", PROD),
    ec2("CreateTags", "instance/i-1", PROD, tagged(ADA, "Request")),
  ],
  "give something its tag": [
    ec2("CreateTags", "instance/i-1", ADA, tagged(PROD, "Request")),
    call("iam:TagRole", APP_ROLE, tagged(PROD, "Request")),
  ],
  "roll its group": [
    call(
      "autoscaling:UpdateAutoScalingGroup",
      arn("autoscaling", "autoScalingGroup:1:autoScalingGroupName/steadfast-prod-Api"),
    ),
  ],
  "change its balancer, whose names are cut": [
    call(
      "elasticloadbalancing:ModifyTargetGroup",
      arn("elasticloadbalancing", "targetgroup/steadfast-pro-ApiTargets-1/2"),
      tagged(PROD),
    ),
  ],
  "read or change its links, passphrase and state": [
    parameter("GetParameter", "steadfast/prod/Api/links"),
    parameter("PutParameter", "steadfast/prod/Api/links"),
    parameter("GetParameter", "sst/passphrase/steadfast/prod"),
    object("GetObject", "sst-state-abc/app/steadfast/prod.json"),
    object("PutObject", "sst-state-abc/secret/steadfast/prod.json"),
    object("GetObject", "sst-state-abc/eventlog/steadfast/prod/1.json"),
    object("PutObject", "sst-state-abc/secret/steadfast/_fallback.json"),
  ],
  "change its data": [
    call("dynamodb:DeleteTable", arn("dynamodb", "table/steadfast-prod-UsersTable")),
    call("rds:DeleteDBInstance", arn("rds", "db:steadfast-prod-postgres")), // drop: quotes
    object("PutObject", "steadfast-prod-artifactbucket-abc/app/api.tar.gz"),
    call("logs:DeleteLogGroup", arn("logs", "log-group:/steadfast/prod/api")),
  ],
  "deploy by its pipeline": [
    call("codebuild:UpdateProject", arn("codebuild", "project/steadfast-prod-PipelineDeploy-1")),
    call("codebuild:CreateProject", arn("codebuild", "project/steadfast-ada-PipelineDeploy-1")),
    call("iam:PassRole", role("access/steadfast-pipeline"), {
      "iam:PassedToService": "codebuild.amazonaws.com",
    }),
  ],
};

describe("production is beyond who deploys personal stages", () => {
  const [personal, production] = [deployer("personal"), deployer("production")];
  test.each(Object.entries(productionCalls))("%s", async (_title, calls) => {
    for (const each of calls) {
      expect([each, await evaluate(personal, each)]).toEqual([each, "refused"]);
      expect([each, await evaluate(production, each)]).toEqual([each, "allowed"]);
    }
  });
});

describe("a role that a deployer makes and gives every right", () => {
  const [personal, production] = [
    madeRole("steadfast-personal-boundary"),
    madeRole("steadfast-boundary"),
  ];

  test("can do what the app's roles do", async () => {
    for (const each of [
      parameter("GetParameter", "steadfast/ada/Api/links"),
      call("dynamodb:PutItem", arn("dynamodb", "table/steadfast-ada-UsersTable")),
    ])
      for (const who of [personal, production])
        expect([each, await evaluate(who, each)]).toEqual([each, "allowed"]);
  });

  test("gets nobody further", async () => {
    for (const each of [
      ...Object.values(attacks).flat(),
      call("iam:PutRolePolicy", APP_ROLE, { "iam:PermissionsBoundary": PERSONAL_BOUNDARY }),
      call("sts:AssumeRole", role("steadfast-ada-ApiDevRole-1")),
      call("sts:TagSession", APP_ROLE),
      call("ssm:GetParameters", arn("ssm", "parameter/steadfast/ada/Api/links")),
      call("secretsmanager:GetSecretValue", arn("secretsmanager", "secret:rds!db-1-abc"), {
        "aws:ResourceTag/aws:rds:primaryDBInstanceArn": arn("rds", "db:shop-prod-main"),
      }),
    ].filter(({ action }) => action !== "codeconnections:UseConnection"))
      for (const who of [personal, production])
        expect([each, await evaluate(who, each)]).toEqual([each, "refused"]);
  });

  test("of a personal stage cannot touch production", async () => {
    for (const each of [
      parameter("GetParameter", "steadfast/prod/Api/links"),
      call("dynamodb:PutItem", arn("dynamodb", "table/steadfast-prod-UsersTable")),
      object("PutObject", "steadfast-prod-artifactbucket-abc/app/api.tar.gz"),
      // #region quotes
      call("secretsmanager:GetSecretValue", arn("secretsmanager", "secret:rds!db-1-abc"), {
        "aws:ResourceTag/aws:rds:primaryDBInstanceArn": arn("rds", "db:steadfast-prod-postgres"),
      }),
      // #endregion quotes
    ]) {
      expect([each, await evaluate(personal, each)]).toEqual([each, "refused"]);
      expect([each, await evaluate(production, each)]).toEqual([each, "allowed"]);
    }
  });
});

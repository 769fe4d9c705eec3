/** What types cannot say of a service's arguments, or a config in JavaScript does not know. */
import { RESERVED } from "../boot/validate.ts";
import { checkPort, checkRange } from "../sst/address.ts";
import { check } from "../sst/argument-error.ts";
import type { ServiceArgs, ServiceVpc } from "./args.ts";

/** Names by app, in lower case: a process may run the program of several, as tests do. */
const names = new WeakMap<object, Map<string, string>>();

/**
 * Checks a service's name: what is called after it on instances and in AWS knows no upper case.
 *
 * @throws When it is none, or another service has it.
 */
export function checkName(name: string): void {
  check(
    /^[A-Za-z][A-Za-z0-9-]{0,23}$/.test(name),
    `"${name}" is no name for a service; it must be a letter, then up to 23 letters, digits and hyphens.`,
  );
  const taken = names.get($app) ?? new Map<string, string>();
  names.set($app, taken);
  const other = taken.get(name.toLowerCase());
  check(
    other === undefined,
    `"${name}" is the name of two services${other === name ? "" : `, the other "${other}"`}; each needs one of its own, whatever its case.`,
  );
  taken.set(name.toLowerCase(), name);
}

/**
 * Checks a VPC that is named by IDs.
 *
 * @throws When it lacks something.
 */
export function checkVpc(name: string, vpc: ServiceVpc): ServiceVpc {
  const { id, subnets } = (typeof vpc === "object" ? vpc : {}) as Partial<ServiceVpc>;
  const needs = `it must be an sst.aws.Vpc, or { id: "vpc-…", subnets: ["subnet-…", "subnet-…"] }`;
  check(id !== undefined, `"vpc" of "${name}" has no "id"; ${needs}.`);
  check(subnets !== undefined, `"vpc" of "${name}" has no "subnets"; ${needs}.`);
  check(
    !Array.isArray(subnets) || subnets.length > 0,
    `"vpc.subnets" of "${name}" is empty; instances need one subnet or more, best in two zones.`,
  );
  return vpc;
}

/**
 * Checks the ways out, and to what else the service connects.
 *
 * @throws When one is wrong.
 */
export function checkConnections({ egress = [], connectsTo = [] }: ServiceArgs): void {
  for (const [index, { port, cidr }] of egress.entries()) {
    checkPort(port, `egress[${index}].port`);
    checkRange(cidr, `egress[${index}].cidr`);
  }
  for (const [index, { name, port }] of connectsTo.entries()) {
    checkPort(port, `connectsTo[${index}].port`);
    check(
      connectsTo.findIndex((each) => each.name === name) === index,
      `"connectsTo[${index}].name" is "${name}", as that of another; each needs one of its own.`,
    );
  }
}

/**
 * Checks the variables. The parameter would silently be overwritten by one that the instance sets.
 *
 * @throws When one cannot be.
 */
export function checkVariables(name: string, { environment = {}, ssm = {} }: ServiceArgs): void {
  for (const [argument, variables] of Object.entries({ environment, ssm })) {
    for (const [variable, value] of Object.entries(variables)) {
      check(
        /^[A-Za-z_]\w*$/.test(variable),
        `"${argument}" of "${name}" has "${variable}"; a variable's name has letters, digits and "_".`,
      );
      check(
        !RESERVED.includes(variable),
        `"${argument}" of "${name}" has ${variable}, which instances set themselves.`,
      );
      check(
        !variable.startsWith("SST_RESOURCE_"),
        `"${argument}" of "${name}" has ${variable}, which a link sets; put the resource into "link".`,
      );
      check(
        value !== undefined && value !== null,
        `"${argument}.${variable}" of "${name}" is ${value}; it must be a text.`,
      );
    }
  }
  const both = Object.keys(ssm).find((each) => each in environment);
  check(
    both === undefined,
    `"environment" and "ssm" of "${name}" both have ${both}; it can be one of them.`,
  );
}

/** What only one way of giving a program has. */
export function checkProgram({ entry, nodejs, hook, ami }: ServiceArgs): void {
  for (const [argument, value] of Object.entries({ nodejs, hook }))
    check(
      entry !== undefined || value === undefined,
      `"${argument}" needs "entry": nothing is built of "bundle" and "image".`,
    );
  check(
    typeof ami !== "string" || /^ami-[0-9a-z-]+$/.test(ami),
    `"ami" is "${ami}"; it must be the ID of an image, such as "ami-0123456789abcdef0".`,
  );
}

/** The port of sshd, which Amazon Linux starts. */
const SSH = 22;

/** Ports below this one are root's. */
const FIRST_FREE = 1024;

/**
 * Checks the port that instances listen on.
 *
 * @param alone Whether the program opens it by itself, as a user without rights.
 * @throws When it cannot be opened.
 */
export function checkListeningPort(port: number, alone: boolean): void {
  checkPort(port, "port");
  check(port !== SSH, `"port" is ${SSH}, on which instances' own sshd listens; choose another.`);
  check(
    !alone || port >= FIRST_FREE,
    `"port" is ${port}, and a program that listens by itself has no right to ports below ${FIRST_FREE}; choose a higher one, or "socket: true" if it takes systemd's socket. The balancer's port is another matter, see "loadBalancer.rules".`,
  );
}

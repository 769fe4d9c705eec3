/**
 * Programs that run without the preload: binaries, other languages, container images. What the preload
 * gives to Node.js, systemd and the instance do for them as far as they can. Pure functions from arguments
 * to text.
 */
import type { ImageProgram } from "../image/config.ts";
import { SSM_VARIABLE } from "./validate.ts";

/** How a program runs that has no preload. */
export interface PlainProgram {
  /**
   * Whether it takes its listening socket from systemd (`LISTEN_FDS`), which its processes share. Else it
   * listens on `PORT` by itself, and there is one process.
   * @default false
   */
  socket?: boolean;
  /** A container image, of which the archive is the root file system. */
  image?: PlainImage;
}

/** How a container image runs. */
export interface PlainImage extends Omit<ImageProgram, "command"> {
  /** Whether it brings authorities for HTTPS; else it gets the instance's. */
  hasAuthorities: boolean;
}

/** The file with the links, in memory, for root alone; systemd hands its content to the program. */
export const linksFile = (service: string): string => `/run/${service}-links/environment`;

/**
 * `<service>-links.service`: reads the links once a boot.
 *
 * The program finds them in its environment from its first moment, and so does whoever may read that:
 * root, and the program's own user.
 */
export function linksUnit(
  { service, parameters }: { service: string; parameters: readonly string[] },
  sandbox: string,
): string {
  return `[Unit]
Description=Reads the links of ${service}
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/usr/bin/python3 /opt/${service}/links ${linksFile(service)} ${parameters.join(" ")}
SyslogIdentifier=${service}
TimeoutStartSec=120
RuntimeDirectory=${service}-links
RuntimeDirectoryMode=0700
UMask=0077
${sandbox}
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX

[Install]
WantedBy=multi-user.target
`;
}

/**
 * Renders `/opt/<service>/links`. In Python, which is where cloud-init is; a program without Node.js needs
 * none for this.
 */
export const linksScript = (): string => `import json, os, subprocess, sys, time

def ask(name):
    command = ["aws", "ssm", "get-parameter", "--with-decryption", "--output", "json", "--name", name]
    return subprocess.run(command, capture_output=True, text=True, timeout=30)

def read(name):
    answer = ask(name)
    # A role that was made moments ago is not known everywhere yet.
    for pause in 2, 5, 10:
        if answer.returncode:
            time.sleep(pause)
            answer = ask(name)
    if answer.returncode:
        sys.exit(f"cannot read the links: {name}: {answer.stderr.strip()}")
    return json.loads(answer.stdout)["Parameter"]["Value"]

def quoted(value):
    for special in '\\\\"$\`':
        value = value.replace(special, "\\\\" + special)
    return f'"{value}"'

file, *names = sys.argv[1:]
links = json.loads("".join(map(read, names)) or "{}")
for variable, name in json.loads(links.pop("${SSM_VARIABLE}", "{}")).items():
    links[variable] = read(name)
with open(file, "w", encoding="utf-8") as output:
    output.writelines(f"{name}={quoted(value)}\\n" for name, value in links.items())
`;

/**
 * `<service>-drain.service`: does nothing, and takes as long as the drain to stop. It stops before the
 * processes, which serve on and know nothing of it.
 */
export function drainUnit(args: { service: string; drainSeconds: number }): string {
  return `[Unit]
Description=Lets ${args.service} serve on before it stops

[Service]
Type=oneshot
RemainAfterExit=yes
ExecStart=/bin/true
ExecStop=/bin/sleep ${args.drainSeconds}
TimeoutStopSec=${args.drainSeconds + 10}

[Install]
WantedBy=multi-user.target
`;
}

/** Lines of bash that make the image's user known to the instance: systemd starts nobody else. */
export function accounts(service: string, { user: { uid, gid } }: PlainImage): string {
  return `getent passwd ${uid} >/dev/null || echo '${service}-image:x:${uid}:${gid}::/:/sbin/nologin' >>/etc/passwd
getent group ${gid} >/dev/null || echo '${service}-image:x:${gid}:' >>/etc/group
`;
}

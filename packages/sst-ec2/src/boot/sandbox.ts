/** What a service's processes may do and see. Pure functions from arguments to lines of a unit. */
import type { ArchiveRef } from "./args.ts";
import type { PlainImage as Image } from "./plain.ts";

/** Where CA certificates are on Amazon Linux, and where most programs look for them. */
const AUTHORITIES = "-/etc/pki/tls/certs/ca-bundle.crt:/etc/ssl/certs/ca-certificates.crt";

/**
 * What Docker lets root do in a container, but for devices, raw sockets and file capabilities: entry
 * points give files to a user, and become that user.
 */
const ROOTS_CAPABILITIES = [
  ...["CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FOWNER", "CAP_FSETID", "CAP_KILL"],
  ...["CAP_NET_BIND_SERVICE", "CAP_SETGID", "CAP_SETPCAP", "CAP_SETUID"],
];

interface Placed {
  service: string;
  app: ArchiveRef;
}

/** Who the processes are, and what of the disk is theirs. */
export function place({ service, app }: Placed, image?: Image): string {
  const own = image
    ? insideImage(`/opt/${service}/app-${app.sha256.slice(0, 16)}`, image)
    : outside(service);
  return `StateDirectory=${service}/%i
# For its sign of life, and the mark that the instance has been ready; both outlast a restart.
RuntimeDirectory=${service}/%i
RuntimeDirectoryPreserve=restart
${own}`;
}

const outside = (service: string) => `DynamicUser=yes
WorkingDirectory=/opt/${service}/app
UMask=0077
CapabilityBoundingSet=
ProtectSystem=strict
ProtectHome=yes`;

/**
 * The image is all that the processes see of the disk. They may write where its files' rights allow, as
 * in a container; what they write stays until the instance goes.
 *
 * @param root the folder itself: systemd follows no link there
 */
const insideImage = (root: string, { user, workingDirectory, hasAuthorities }: Image) =>
  `User=${user.uid}
Group=${user.gid}
RootDirectory=${root}
MountAPIVFS=yes
BindReadOnlyPaths=-/etc/resolv.conf -/etc/hosts${hasAuthorities ? "" : ` ${AUTHORITIES}`}
WorkingDirectory=${workingDirectory}
UMask=0022
CapabilityBoundingSet=${user.uid === 0 ? ROOTS_CAPABILITIES.join(" ") : ""}`;

/** What nobody may. */
export const confinement = (image?: Image): string => `NoNewPrivileges=yes
ProtectProc=invisible
ProtectClock=yes
ProtectHostname=yes
ProtectControlGroups=yes
ProtectKernelLogs=yes
ProtectKernelModules=yes
ProtectKernelTunables=yes
PrivateTmp=yes
PrivateDevices=yes
# Netlink: Node lists the machine's addresses through it, and Fastify has them listed when it
# listens.
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX AF_NETLINK
RestrictNamespaces=yes
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
# No MemoryDenyWriteExecute=: V8 compiles JavaScript to machine code in memory.
SystemCallArchitectures=native
SystemCallFilter=@system-service
${image?.user.uid === 0 ? "" : "SystemCallFilter=~@privileged\n"}\
# An error rather than death: libuv asks for io_uring and does without it.
SystemCallErrorNumber=EPERM`;

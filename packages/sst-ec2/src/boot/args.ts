/** What is said of an instance's service, for `renderUserData`. */

import type { ImageProgram } from "../image/config.ts";

/** How a program runs that has no preload: a binary, another language, a container image. */
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

/** An archive in the bucket. */
export interface ArchiveRef {
  /** Object key, which no other content ever has. */
  key: string;
  /** SHA-256 of the tar in it, 64 hex digits. */
  sha256: string;
}

export interface UserDataArgs {
  /** The service's name: lower-case letters, digits and dashes, at most 24 characters. */
  service: string;
  /** The AWS region; the SDK for JavaScript does not ask the metadata service for it. */
  region: string;
  /** The bucket of both archives. */
  bucket: string;
  /** Archive with `bin/node`, for a program that needs it. */
  runtime?: ArchiveRef | undefined;
  /** Archive with the service. */
  app: ArchiveRef;
  /**
   * How a program runs that has no preload.
   * @default Node.js with the preload, or what does the same by itself.
   */
  plain?: PlainProgram | undefined;
  /** The words of the service's command; `$APP` and `$RUNTIME` are the folders of the archives. */
  start: readonly string[];
  /**
   * SSM parameters, `name` or `name:version`, whose decrypted values, joined in this order, are a
   * JSON object of variables.
   */
  linksParameters: string[];
  /**
   * Further environment of the service. Nothing secret: user data is readable for whoever may
   * describe instances.
   */
  environment: Record<string, string>;
  /** The port that receives the balancer's requests. */
  port: number;
  /**
   * Path that answers 200 when the service can serve; empty for a worker, which counts as up once
   * its processes have run for a few seconds.
   */
  healthPath: string;
  /**
   * Codes of good answers, such as `200,202` or `200-299`.
   * @default "200"
   */
  healthCodes?: string;
  /**
   * Whether one without a health path counts as up once it takes connections on its port.
   * @default false
   */
  waitsForPort?: boolean;
  /**
   * Whether a balancer sends requests and health checks. Without one the port is only open to this
   * machine.
   * @default true
   */
  balanced?: boolean;
  /**
   * Processes of the service.
   * @default one per vCPU
   */
  processes?: number;
  /** How long a process serves on after SIGTERM. */
  drainSeconds: number;
  /**
   * How long the service may take to become ready before the boot fails.
   * @default 60
   */
  readySeconds?: number;
  /**
   * Memory that all processes together may use, in percent of the instance's. The rest is for the
   * system and agents; an instance with 1 GiB has no other reserve.
   * @default 50
   */
  memoryMaxPercent?: number;
  /**
   * The Auto Scaling group, and its termination hook if it has one. Without it nothing is reported.
   */
  lifecycle?: { group: string; hook?: string };
  /**
   * Whether the journal of the service is copied to a file, for an agent to read.
   * @default false
   */
  logFile?: boolean;
  /**
   * Configuration of the CloudWatch agent, see `agent.ts`.
   * @default No agent.
   */
  agent?: object | undefined;
}

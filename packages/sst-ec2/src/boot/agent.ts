/** What the CloudWatch agent sends: a service's log file, and the instance's memory usage. Pure. */
import { logFilePath } from "./settings.ts";

/** The metric: memory in use in percent, without what the kernel can reclaim. */
export const MEMORY_METRIC = "mem_used_percent";

/** Its only dimension, the Auto Scaling group. */
export const MEMORY_DIMENSION = "AutoScalingGroupName";

/**
 * Where a line says when it was written, as programs that log JSON do; others have the moment at which they
 * arrive.
 */
export const TIMESTAMP_FORMAT = "%Y-%m-%dT%H:%M:%S.%fZ";

/** What the agent sends. */
export interface AgentArgs {
  /** The service's name on instances, such as `api`. */
  service: string;
  /** Log group that gets the service's log. */
  logGroup?: string | undefined;
  /** Auto Scaling group under which memory is reported, and the metric's namespace. */
  memory?: { group: string; namespace: string } | undefined;
}

/**
 * Configures the agent.
 *
 * All instances report to one metric, whose maximum is the fullest instance. A metric per instance
 * would cost $0.30 a month each, and every replacement would start another.
 */
export function agentConfig({ service, logGroup, memory }: AgentArgs): object {
  return {
    agent: {
      // A user of the package with no special rights.
      run_as_user: "cwagent",
      // Otherwise each metric has the host name as a dimension.
      omit_hostname: true,
    },
    ...(logGroup && { logs: logs(service, logGroup) }),
    ...(memory && { metrics: metrics(memory) }),
  };
}

function logs(service: string, logGroup: string) {
  return {
    force_flush_interval: 5,
    logs_collected: {
      files: {
        collect_list: [
          {
            file_path: logFilePath(service),
            log_group_name: logGroup,
            log_stream_name: "{instance_id}",
            timestamp_format: TIMESTAMP_FORMAT,
            timezone: "UTC",
          },
        ],
      },
    },
  };
}

function metrics({ group, namespace }: { group: string; namespace: string }) {
  return {
    namespace,
    metrics_collected: {
      mem: {
        measurement: [MEMORY_METRIC],
        metrics_collection_interval: 60,
        append_dimensions: { [MEMORY_DIMENSION]: group },
      },
    },
  };
}

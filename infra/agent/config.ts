/** Configuration of the CloudWatch agent. Pure. */
import { logFilePath } from "sst-ec2/helpers";

/** Namespace of the agent's metrics. */
export const MEMORY_NAMESPACE = "Steadfast";

/** The metric: memory in use in percent, without what the kernel can reclaim. */
export const MEMORY_METRIC = "mem_used_percent";

/** Its only dimension, the Auto Scaling group. */
export const MEMORY_DIMENSION = "AutoScalingGroupName";

interface AgentConfigArgs {
  /** The service's name on instances, such as `api`. */
  service: string;
  /** Log group for its log. */
  logGroup?: string;
  /** Auto Scaling group under which memory is reported. */
  group?: string;
}

/**
 * Configures the agent: it sends the service's log file and measures memory.
 *
 * All instances report to one metric, whose maximum is the fullest instance. A metric per instance
 * would cost $0.30 a month each, and every replacement would start another.
 */
export function agentConfig({ service, logGroup, group }: AgentConfigArgs) {
  return {
    agent: {
      // A user of the package with no special rights.
      run_as_user: "cwagent",
      // Otherwise each metric has the host name as a dimension.
      omit_hostname: true,
    },
    ...(logGroup && { logs: logs(service, logGroup) }),
    ...(group && { metrics: metrics(group) }),
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
            // The line's own timestamp rather than its arrival. Lines that are not JSON, such as the
            // last words of a crash, get the latter.
            timestamp_format: "%Y-%m-%dT%H:%M:%S.%fZ",
            timezone: "UTC",
          },
        ],
      },
    },
  };
}

function metrics(group: string) {
  return {
    namespace: MEMORY_NAMESPACE,
    metrics_collected: {
      mem: {
        measurement: [MEMORY_METRIC],
        metrics_collection_interval: 60,
        append_dimensions: { [MEMORY_DIMENSION]: group },
      },
    },
  };
}

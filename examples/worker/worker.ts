import {
  DeleteMessageCommand,
  type Message,
  ReceiveMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { Resource } from "sst";

const sqs = new SQSClient();
const QueueUrl = Resource.Jobs.url;

// The group takes this instance: ask for no more, and finish what is under way.
const leaving = new AbortController();
process.once("SIGTERM", () => leaving.abort());

async function work({ Body, ReceiptHandle }: Message) {
  console.info(`doing ${Body}`);
  await sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle }));
}

while (!leaving.signal.aborted) {
  const ask = new ReceiveMessageCommand({ QueueUrl, MaxNumberOfMessages: 10, WaitTimeSeconds: 20 });
  try {
    const { Messages = [] } = await sqs.send(ask, { abortSignal: leaving.signal });
    await Promise.all(Messages.map(work));
  } catch (error) {
    if (leaving.signal.aborted) break;
    console.error(error);
    await new Promise((done) => setTimeout(done, 1000));
  }
}
console.info("every job is done");

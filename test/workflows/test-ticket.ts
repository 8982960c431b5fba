import type { WorkflowHandle } from '@temporalio/client';
import {
  HINT_SIGNAL,
  SEARCH_ATTRIBUTES,
  TICKET_WORKFLOW,
  TICKETS_QUEUE,
  ticketWorkflowId,
  type CarriedState,
  type HintKind,
} from '../../src/domain/temporal-names.ts';
import { createSignalTicket } from '../../src/temporal/signal-ticket.ts';
import type { TicketResult, ticketWorkflow } from '../../src/workflows/ticket.ts';
import type { TestTemporal } from './harness.ts';
import { USUAL, type ActivityName, type Call, type Input, type Result, type Script, type Steps } from './script.ts';
import { payloadsIn, textOf } from '../../testbed/payloads.ts';
import { until } from '../../testbed/until.ts';

const CONNECTION = 'acme';

export type EventName =
  | 'TIMER_STARTED'
  | 'TIMER_CANCELED'
  | 'ACTIVITY_TASK_SCHEDULED'
  | 'UPSERT_WORKFLOW_SEARCH_ATTRIBUTES'
  | 'WORKFLOW_EXECUTION_SIGNALED'
  | 'WORKFLOW_TASK_FAILED';
/** Values of the API's EventType. */
const EVENT_TYPE: Record<EventName, number> = {
  WORKFLOW_TASK_FAILED: 9,
  ACTIVITY_TASK_SCHEDULED: 10,
  TIMER_STARTED: 17,
  TIMER_CANCELED: 19,
  WORKFLOW_EXECUTION_SIGNALED: 26,
  UPSERT_WORKFLOW_SEARCH_ATTRIBUTES: 40,
};
const TASK_SCHEDULED = [5, 10];
const TASK_ENDED = [7, 8, 9, 12, 13, 14, 16];
const RUN_ENDED = [2, 3, 4, 21, 27, 28];

/** One ticket of a test: its workflow, and what its activities were called with. */
export class TestTicket {
  readonly id: number;
  readonly calls: Call[] = [];
  readonly #temporal: TestTemporal;
  readonly #script: Steps;

  constructor(temporal: TestTemporal, id: number, script: Script) {
    this.#temporal = temporal;
    this.id = id;
    this.#script = { ...USUAL, ...script };
  }

  get workflowId(): string {
    return ticketWorkflowId(CONNECTION, this.id);
  }

  get handle(): WorkflowHandle<typeof ticketWorkflow> {
    return this.#temporal.env.client.workflow.getHandle<typeof ticketWorkflow>(this.workflowId);
  }

  /** The names of the activities in the order they were called. */
  get did(): ActivityName[] {
    return this.calls.map(({ activity }) => activity);
  }

  inputs<K extends ActivityName>(name: K): Input<K>[] {
    return this.calls.flatMap((call) => (call.activity === name ? [call.input as Input<K>] : []));
  }

  /** Does what a webhook does: signals the workflow, and starts it when none runs. */
  hint(kind: HintKind = 'webhook'): Promise<void> {
    return createSignalTicket(this.#temporal.env.client, 20_000)(CONNECTION, this.id, { kind });
  }

  /** Sends whatever under the hint's name, or another name. */
  async signal(argument: unknown, name: string = HINT_SIGNAL): Promise<void> {
    await this.handle.signal(name, argument);
  }

  /** Starts the run that another run continues as. */
  async continued(carried: CarriedState): Promise<void> {
    await this.#temporal.env.client.workflow.start<typeof ticketWorkflow>(TICKET_WORKFLOW, {
      workflowId: this.workflowId,
      taskQueue: TICKETS_QUEUE,
      args: [{ connectionId: CONNECTION, ticketId: this.id, carried }],
    });
    await this.idle(); // before time is let pass: a server in the middle of a task may let none
  }

  /** Lets time pass. */
  pass(...duration: Parameters<TestTemporal['pass']>): Promise<void> {
    return this.#temporal.pass(...duration);
  }

  /** Waits until the activity has been called that often. */
  called(name: ActivityName, times = 1): Promise<void> {
    return until(`${name} of ticket ${this.id}: ${times} calls`, () => this.inputs(name).length >= times);
  }

  async status(): Promise<string> {
    return (await this.handle.describe()).status.name;
  }

  /** Waits until the run has ended like that. */
  ends(status: 'CANCELLED' | 'CONTINUED_AS_NEW'): Promise<void> {
    return until(`ticket ${this.id} is ${status}`, async () => (await this.status()) === status);
  }

  /** The result of the run; days pass meanwhile if they must. */
  result(): Promise<TicketResult> {
    return this.handle.result();
  }

  async count(event: EventName): Promise<number> {
    const { events } = await this.handle.fetchHistory();
    return (events ?? []).filter(({ eventType }) => Number(eventType) === EVENT_TYPE[event]).length;
  }

  /** Waits until the run has ended, or has nothing under way and waits for a hint or a timer. */
  idle(): Promise<void> {
    return until(`ticket ${this.id} has nothing under way`, async () => {
      const types = ((await this.handle.fetchHistory()).events ?? []).map(({ eventType }) => Number(eventType));
      const among = (wanted: number[]): number => types.filter((type) => wanted.includes(type)).length;
      return among(RUN_ENDED) > 0 || among(TASK_SCHEDULED) === among(TASK_ENDED);
    });
  }

  /** Waits until the run has started that many timers. */
  timers(times: number): Promise<void> {
    return until(`ticket ${this.id} starts ${times} timers`, async () => (await this.count('TIMER_STARTED')) >= times);
  }

  /** How long the run's timers were set for, ms, in the order they were started. */
  timersMs(): Promise<number[]> {
    return this.#timersMs(this.handle);
  }

  /** The same of a run before. */
  timersMsOf(runId: string): Promise<number[]> {
    return this.#timersMs(this.#temporal.env.client.workflow.getHandle(this.workflowId, runId));
  }

  async #timersMs(handle: WorkflowHandle): Promise<number[]> {
    const { events } = await handle.fetchHistory();
    return (events ?? []).flatMap(({ timerStartedEventAttributes: timer }) =>
      timer == null
        ? []
        : [Number(timer.startToFireTimeout?.seconds ?? 0) * 1_000 + (timer.startToFireTimeout?.nanos ?? 0) / 1_000_000],
    );
  }

  /** How many runs the ticket has had. */
  async runs(): Promise<number> {
    let runs = 0;
    for await (const _run of this.#temporal.env.client.workflow.list({ query: `WorkflowId = "${this.workflowId}"` }))
      runs += 1;
    return runs;
  }

  /** The search attributes of ours that the ticket has. */
  async attributes(): Promise<Record<string, unknown>> {
    const { typedSearchAttributes } = await this.handle.describe();
    const ours = typedSearchAttributes.getAll().filter(({ key }) => key.name in SEARCH_ATTRIBUTES);
    return Object.fromEntries(ours.map(({ key, value }) => [key.name, value]));
  }

  async summary(): Promise<string | undefined> {
    return (await this.handle.describe()).staticSummary();
  }

  /** What the Web UI shows as current details. */
  async details(): Promise<string> {
    const metadata = await this.handle.query<{ currentDetails: string }>('__temporal_workflow_metadata');
    return metadata.currentDetails;
  }

  /** What the run's activities and timers are for, each once. */
  async summaries(): Promise<string[]> {
    const { events } = await this.handle.fetchHistory();
    const texts = (events ?? []).flatMap(({ userMetadata, eventId }) =>
      userMetadata?.summary?.data == null || Number(eventId) === 1 ? [] : [textOf(userMetadata.summary)],
    );
    return [...new Set(texts.map((text) => String(JSON.parse(text))))].toSorted();
  }

  /** Everything that the history holds of inputs, results and summaries, as text. */
  async payloads(): Promise<string[]> {
    return payloadsIn((await this.handle.fetchHistory()).events);
  }

  /** Called by the fake activities. */
  async play<K extends ActivityName>(activity: K, input: Input<K>): Promise<Result<K>> {
    this.calls.push({ activity, input } as Call);
    return this.#script[activity](this.inputs(activity).length, input);
  }
}

import { fileURLToPath } from 'node:url';
import { setTimeout as delay } from 'node:timers/promises';
import { TestWorkflowEnvironment } from '@temporalio/testing';
import { bundleWorkflowCode, Worker, type WorkflowBundle } from '@temporalio/worker';
import type { WorkflowHandle } from '@temporalio/client';
import {
  HINT_SIGNAL,
  INFERENCE_QUEUE,
  SEARCH_ATTRIBUTES,
  TICKET_WORKFLOW,
  TICKETS_QUEUE,
  ticketWorkflowId,
  type CarriedState,
  type HintKind,
} from '../../src/domain/signals.ts';
import { registerSearchAttributes } from '../../src/temporal/search-attributes.ts';
import { createSignalTicket } from '../../src/temporal/signal-ticket.ts';
import type { TicketActivities } from '../../src/workflows/activities.ts';
import type { TicketResult, ticketWorkflow } from '../../src/workflows/ticket.ts';
import { USUAL, type ActivityName, type Call, type Input, type Result, type Script, type Steps } from './script.ts';

const NAMESPACE = 'default';
const CONNECTION = 'acme';
const WAIT_LIMIT_MS = 20_000;
/** Values of the API's IndexedValueType. */
const INDEXED_VALUE_TYPE = { Keyword: 2, KeywordList: 7 } as const;

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

/** Waits for a condition; no test waits for a time. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const giveUpAt = Date.now() + WAIT_LIMIT_MS;
  while (!(await holds())) {
    if (Date.now() > giveUpAt) throw new Error(`Waited ${WAIT_LIMIT_MS} ms in vain: ${what}`);
    await delay(10);
  }
}

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
    return (events ?? []).filter(({ eventType }) => eventType === EVENT_TYPE[event]).length;
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
  async timersMs(): Promise<number[]> {
    const { events } = await this.handle.fetchHistory();
    return (events ?? []).flatMap(({ timerStartedEventAttributes: timer }) =>
      timer == null
        ? []
        : [Number(timer.startToFireTimeout?.seconds ?? 0) * 1_000 + (timer.startToFireTimeout?.nanos ?? 0) / 1_000_000],
    );
  }

  /** Called by the fake activities. */
  async play<K extends ActivityName>(activity: K, input: Input<K>): Promise<Result<K>> {
    this.calls.push({ activity, input } as Call);
    return this.#script[activity](this.inputs(activity).length, input);
  }
}

/** Temporal for one test file: a server, the real workflow bundle, and activities that follow each ticket's script. */
export class TestTemporal {
  readonly env: TestWorkflowEnvironment;
  readonly #workers: Worker[];
  readonly #running: Promise<unknown>;
  readonly #tickets: Map<number, TestTicket>;
  #lastId = 1_000;

  private constructor(env: TestWorkflowEnvironment, workers: Worker[], tickets: Map<number, TestTicket>) {
    this.env = env;
    this.#workers = workers;
    this.#tickets = tickets;
    this.#running = Promise.all(workers.map((worker) => worker.run()));
  }

  /** On the server that skips time: days pass in milliseconds, but only while a test lets them. */
  static timeSkipping(bundle: WorkflowBundle): Promise<TestTemporal> {
    return TestTemporal.#open(bundle, addSearchAttributes, () =>
      TestWorkflowEnvironment.createTimeSkipping({
        client: { identity: 'test' },
        server: { executable: { type: 'existing-path', path: program('TEMPORAL_TEST_SERVER_PATH') } },
      }),
    );
  }

  /** On the dev server, which also lists, and suggests to continue as new: after that many history events. */
  static devServer(bundle: WorkflowBundle, { suggestContinueAsNewAfter = 4_096 } = {}): Promise<TestTemporal> {
    const extraArgs = [
      '--dynamic-config-value',
      `limit.historyCount.suggestContinueAsNew=${suggestContinueAsNewAfter}`,
    ];
    return TestTemporal.#open(
      bundle,
      (env) => registerSearchAttributes(env.connection, NAMESPACE),
      () =>
        TestWorkflowEnvironment.createLocal({
          client: { identity: 'test' },
          server: { executable: { type: 'existing-path', path: program('TEMPORAL_CLI_PATH') }, extraArgs },
        }),
    );
  }

  static async #open(
    workflowBundle: WorkflowBundle,
    register: (env: TestWorkflowEnvironment) => Promise<unknown>,
    createEnv: () => Promise<TestWorkflowEnvironment>,
  ): Promise<TestTemporal> {
    const env = await patiently(createEnv);
    try {
      await register(env);
      const tickets = new Map<number, TestTicket>();
      return new TestTemporal(env, await createWorkers(env, workflowBundle, tickets), tickets);
    } catch (error) {
      await env.teardown();
      throw error;
    }
  }

  /** A ticket with a number of its own. */
  ticket(script: Script = {}): TestTicket {
    const ticket = new TestTicket(this, (this.#lastId += 1), script);
    this.#tickets.set(ticket.id, ticket);
    return ticket;
  }

  /** Lets time pass: at once on the server that skips it. */
  pass(duration: `${number} ${'seconds' | 'minutes' | 'hours' | 'days'}`): Promise<void> {
    return this.env.sleep(duration);
  }

  /**
   * Ends what still runs, so that no ticket of one test moves while time passes in another. Not in the middle of a task:
   * the server that skips time would stand still for ever.
   */
  async endTickets(): Promise<void> {
    for (const ticket of this.#tickets.values()) {
      if ((await ticket.status().catch(() => 'NOT_FOUND')) !== 'RUNNING') continue;
      await ticket.idle();
      await ticket.handle.terminate('the test is over');
    }
    this.#tickets.clear();
  }

  async close(): Promise<void> {
    await this.endTickets();
    for (const worker of this.#workers) worker.shutdown();
    await this.#running;
    await this.env.teardown();
  }
}

/** The real workflows, as a worker gets them. */
export function bundle(file = '../../src/workflows/index.ts'): Promise<WorkflowBundle> {
  const quietly = (): void => undefined;
  const logger = {
    log: quietly,
    trace: quietly,
    debug: quietly,
    info: quietly,
    warn: console.warn,
    error: console.error,
  };
  return bundleWorkflowCode({ workflowsPath: fileURLToPath(new URL(file, import.meta.url)), logger });
}

async function createWorkers(
  env: TestWorkflowEnvironment,
  workflowBundle: WorkflowBundle,
  tickets: Map<number, TestTicket>,
): Promise<Worker[]> {
  const common = { connection: env.nativeConnection, namespace: NAMESPACE, identity: 'test' };
  const { planTurn, ...freshdesk } = fakeActivities(tickets);
  return [
    await Worker.create({ ...common, taskQueue: TICKETS_QUEUE, workflowBundle, activities: freshdesk }),
    await Worker.create({ ...common, taskQueue: INFERENCE_QUEUE, activities: { planTurn } }),
  ];
}

/** The server that skips time cannot list search attributes, and starts without any. */
function addSearchAttributes(env: TestWorkflowEnvironment): Promise<unknown> {
  const searchAttributes = Object.fromEntries(
    Object.entries(SEARCH_ATTRIBUTES).map(([name, type]) => [name, INDEXED_VALUE_TYPE[type]]),
  );
  return env.connection.operatorService.addSearchAttributes({ namespace: NAMESPACE, searchAttributes });
}

function fakeActivities(tickets: Map<number, TestTicket>): TicketActivities {
  const play = async <K extends ActivityName>(activity: K, input: Input<K>): Promise<Result<K>> => {
    const ticket = tickets.get(input.ticketId);
    if (ticket === undefined) throw new Error(`Ticket ${input.ticketId} belongs to a test that is over`);
    return ticket.play(activity, input);
  };
  return {
    syncTicket: (input) => play('syncTicket', input),
    planTurn: (input) => play('planTurn', input),
    deliverReply: (input) => play('deliverReply', input),
    deliverDraft: (input) => play('deliverDraft', input),
    resolveTicket: (input) => play('resolveTicket', input),
    handOff: (input) => play('handOff', input),
  };
}

/** The SDK gives a server five seconds to start; on a busy machine the second try finds it warm. */
async function patiently<T>(start: () => Promise<T>, tries = 4): Promise<T> {
  try {
    return await start();
  } catch (error) {
    if (tries <= 1 || !String(error).includes('did not start within')) throw error;
    return patiently(start, tries - 1);
  }
}

function program(name: string): string {
  const path = process.env[name];
  if (path === undefined) throw new Error(`${name} is not set: run the tests with npm test, which finds the program`);
  return path;
}

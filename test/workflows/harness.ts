import { TestWorkflowEnvironment } from '@temporalio/testing';
import { Worker, type WorkflowBundlePath } from '@temporalio/worker';
import { FILES_QUEUE, INFERENCE_QUEUE, SEARCH_ATTRIBUTES, TICKETS_QUEUE } from '../../src/domain/temporal-names.ts';
import { instructionOf } from '../../src/domain/instruction.ts';
import { isThrottled } from '../../src/domain/snapshot.ts';
import { registerSearchAttributes } from '../../src/temporal/search-attributes.ts';
import type { TicketActivities } from '../../src/workflows/activities.ts';
import type { ActivityName, Input, Result, Script } from './script.ts';
import { TestTicket } from './test-ticket.ts';

const NAMESPACE = 'default';
/** Values of the API's IndexedValueType. */
const INDEXED_VALUE_TYPE = { Keyword: 2, KeywordList: 7 } as const;

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
  static timeSkipping(workflows: WorkflowBundlePath): Promise<TestTemporal> {
    return TestTemporal.#open(workflows, addSearchAttributes, () =>
      TestWorkflowEnvironment.createTimeSkipping({
        client: { identity: 'test' },
        server: { executable: { type: 'existing-path', path: program('TEMPORAL_TEST_SERVER_PATH') } },
      }),
    );
  }

  /** On the dev server, which also lists, and suggests to continue as new: after that many history events. */
  static devServer(workflows: WorkflowBundlePath, { suggestContinueAsNewAfter = 4_096 } = {}): Promise<TestTemporal> {
    const extraArgs = [
      '--dynamic-config-value',
      `limit.historyCount.suggestContinueAsNew=${suggestContinueAsNewAfter}`,
    ];
    return TestTemporal.#open(
      workflows,
      (env) => registerSearchAttributes(env.connection, NAMESPACE),
      () =>
        TestWorkflowEnvironment.createLocal({
          client: { identity: 'test' },
          server: {
            executable: { type: 'existing-path', path: program('TEMPORAL_CLI_PATH') },
            log: { format: 'pretty', level: 'error' },
            extraArgs,
          },
        }),
    );
  }

  static async #open(
    workflowBundle: WorkflowBundlePath,
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

async function createWorkers(
  env: TestWorkflowEnvironment,
  workflowBundle: WorkflowBundlePath,
  tickets: Map<number, TestTicket>,
): Promise<Worker[]> {
  const common = { connection: env.nativeConnection, namespace: NAMESPACE, identity: 'test' };
  const { copyAttachments, planTurn, draftAnswer, checkAnswer, ...freshdesk } = fakeActivities(tickets);
  return [
    await Worker.create({ ...common, taskQueue: TICKETS_QUEUE, workflowBundle, activities: freshdesk }),
    await Worker.create({ ...common, taskQueue: FILES_QUEUE, activities: { copyAttachments } }),
    await Worker.create({ ...common, taskQueue: INFERENCE_QUEUE, activities: { planTurn, draftAnswer, checkAnswer } }),
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
    // What the activity adds, unless the script says otherwise.
    syncTicket: async (input) => {
      const look = await play('syncTicket', input);
      return isThrottled(look) || input.instruct !== true ? look : { instruction: instructionOf(look), ...look };
    },
    copyAttachments: (input) => play('copyAttachments', input),
    planTurn: (input) => play('planTurn', input),
    draftAnswer: (input) => play('draftAnswer', input),
    checkAnswer: (input) => play('checkAnswer', input),
    deliverReply: (input) => play('deliverReply', input),
    deliverDraft: (input) => play('deliverDraft', input),
    resolveTicket: (input) => play('resolveTicket', input),
    handOff: (input) => play('handOff', input),
  };
}

/** The SDK gives a server five seconds to start; a busy machine may need several tries. */
async function patiently<T>(start: () => Promise<T>, tries = 10): Promise<T> {
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

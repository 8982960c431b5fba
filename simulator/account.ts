import { htmlOfText, storeHtml, storeReply } from './html.ts';
import type { AgentWords, By, CustomerReply, CustomerTicket, Words } from './inputs.ts';
import type { Rule } from './rules.ts';
import { createSetup } from './setup.ts';
import { contactFor, mailAddress, newContact, nowStamp, threadOf, type State } from './state.ts';
import { createKnowledgeBase } from './solutions.ts';
import type { Timers } from './timers.ts';
import type { Agent, Contact, Conversation, Group, Performer, Ticket } from './types.ts';
import { senderOf } from './views.ts';
import {
  addConversation,
  createTicket,
  editConversation,
  mergeTickets,
  OPEN,
  removeConversation,
  SOURCE_WEB_CHAT,
  touchTicket,
  updateTicket,
} from './writes.ts';

function htmlOf(words: Words): string {
  return storeHtml(words.html ?? htmlOfText(words.text ?? ''));
}

/** The people and the system of the account, acting directly: what a browser or a mail does, without API and limits. */
export function createAccount(state: State, rules: Rule[], timers: Timers) {
  const ticketOf = (id: number): Ticket => {
    const ticket = state.tickets.get(id);
    if (ticket === undefined) throw new Error(`there is no ticket ${id}`);
    return ticket;
  };
  const conversationOf = (id: number): Conversation => {
    const conversation = state.conversations.get(id);
    if (conversation === undefined) throw new Error(`there is no conversation ${id}`);
    return conversation;
  };
  const agentOf = (id: number | undefined): Agent => {
    const agent =
      id === undefined ? [...state.agents.values()].find((entry) => entry.apiKey === null) : state.agents.get(id);
    if (agent === undefined) throw new Error(`there is no agent ${id ?? 'who is a person'}`);
    return agent;
  };
  const performer = (by: By, agentId: number | undefined): Performer =>
    by === 'system' ? { type: 'system' } : { type: 'agent', id: agentOf(agentId).id };

  const reopen = (ticket: Ticket): void => {
    if (!state.reopening.on || ![3, 4, 5].includes(ticket.status)) return;
    const open = (): void => {
      updateTicket(state, ticket, { status: OPEN }, { type: 'system' });
    };
    if (state.reopening.delayMs > 0) timers.after(state.reopening.delayMs, open);
    else open();
  };

  const say = (ticket: Ticket, contact: Contact, words: CustomerReply, silent: boolean): Conversation => {
    // Whom the newest mail has in copy is whom an answer would have.
    if (words.cc !== undefined) ticket.replyCcEmails = [...words.cc];
    return addConversation(
      state,
      ticket,
      {
        html: htmlOf(words),
        files: words.files ?? [],
        structured:
          ticket.source === SOURCE_WEB_CHAT
            ? [{ type: 'text', data: { content: words.text ?? words.html ?? '' } }]
            : null,
        userId: contact.id,
        incoming: true,
        private: false,
        source: 0,
        category: 1,
        fromEmail: contact.email === null ? null : mailAddress(contact.name, contact.email),
        toEmails: ticket.supportEmail === null ? [] : [ticket.supportEmail],
        cc: words.cc ?? [],
        autoResponse: words.autoResponse ?? false,
      },
      { type: 'requester', id: contact.id },
      { silent },
    );
  };

  const agentSays = (ticketId: number, words: AgentWords, note: boolean, isPrivate: boolean): { id: number } => {
    const ticket = ticketOf(ticketId);
    const agent = agentOf(words.agentId);
    const requester = state.contacts.get(ticket.requesterId)?.email;
    const html = words.html ?? htmlOfText(words.text ?? '');
    const conversation = addConversation(
      state,
      ticket,
      {
        html: note ? storeHtml(html) : storeReply(html),
        files: words.files ?? [],
        userId: agent.id,
        incoming: false,
        private: isPrivate,
        source: note ? 2 : 0,
        category: note ? 2 : 3,
        fromEmail: note ? null : senderOf(state, ticket.supportEmail),
        toEmails: !note && requester ? [requester] : [],
        cc: words.cc ?? [],
      },
      { type: 'agent', id: agent.id },
    );
    return { id: conversation.id };
  };

  return {
    ...createSetup(state, rules, timers),
    ...createKnowledgeBase(state),
    /** All state, for reading. */
    state,
    rules,
    get agents(): Agent[] {
      return [...state.agents.values()];
    },
    get groups(): Group[] {
      return [...state.groups.values()];
    },
    /** The owner of the admin key. */
    get aiAgent(): Agent {
      const [first] = state.agents.values();
      if (first === undefined) throw new Error('the account has no agents');
      return first;
    },
    /** The agents that are people, without keys. */
    get humans(): Agent[] {
      return [...state.agents.values()].filter((agent) => agent.apiKey === null);
    },
    /** An agent that has a key and no admin rights. */
    get plainAgent(): Agent {
      const plain = [...state.agents.values()].slice(1).find((agent) => agent.apiKey !== null);
      if (plain === undefined) throw new Error('the account has no plain agent with a key');
      return plain;
    },
    /** @throws Error when there is no such group */
    group(name: string): Group {
      const group = [...state.groups.values()].find((entry) => entry.name === name);
      if (group === undefined) throw new Error(`there is no group ${name}`);
      return group;
    },
    /** A copy of the ticket as it is now. @throws Error when there is none */
    ticket: (id: number): Ticket => structuredClone(ticketOf(id)),
    /** A copy of the thread without the description, oldest first. */
    thread: (ticketId: number): Conversation[] => structuredClone(threadOf(state, ticketOf(ticketId).id)),

    /** A customer opens a ticket. Phone tickets (3) and outbound mails (10) are written by an agent instead. */
    customerCreatesTicket(input: CustomerTicket): { id: number } {
      const contact =
        input.email === undefined
          ? newContact(state, { name: input.name ?? 'Unknown caller', phone: input.phone ?? null })
          : contactFor(state, { name: input.name, email: input.email });
      const source = input.source ?? 1;
      const byAgent = source === 3 || source === 10;
      const mailed = source === 1 || source === 10;
      const mailbox = input.to ?? state.emailConfigs.find((config) => config.primary)?.email ?? null;
      const structured =
        source === SOURCE_WEB_CHAT ? [{ type: 'text', data: { content: input.text ?? input.html ?? '' } }] : null;
      const ticket = createTicket(
        state,
        {
          subject: input.subject ?? 'No subject',
          html: htmlOf(input),
          files: input.files ?? [],
          structured,
          requesterId: contact.id,
          source,
          groupId: input.groupId ?? null,
          responderId: input.responderId ?? null,
          productId: input.productId ?? null,
          supportEmail: mailed ? mailbox : null,
          tags: input.tags ?? [],
          cc: input.cc ?? [],
          ...(input.status === undefined ? {} : { status: input.status }),
          ...(input.priority === undefined ? {} : { priority: input.priority }),
        },
        byAgent ? { type: 'agent', id: agentOf(undefined).id } : { type: 'requester', id: contact.id },
      );
      // A chat's first message is the description and an entry of the thread.
      if (source === SOURCE_WEB_CHAT) say(ticket, contact, { text: input.text, html: input.html }, true);
      return { id: ticket.id };
    },

    /** The customer, or another contact, writes again; the account's reopening rule follows. */
    customerReplies(ticketId: number, words: CustomerReply): { id: number } {
      const ticket = ticketOf(ticketId);
      const requester = state.contacts.get(ticket.requesterId);
      const contact = words.from === undefined ? requester : contactFor(state, words.from);
      if (contact === undefined) throw new Error(`ticket ${ticketId} has no requester`);
      const conversation = say(ticket, contact, words, false);
      if (!ticket.spam && !ticket.deleted) reopen(ticket);
      return { id: conversation.id };
    },

    agentReplies: (ticketId: number, words: AgentWords): { id: number } => agentSays(ticketId, words, false, false),
    /** Private unless it says otherwise. */
    agentNotes: (ticketId: number, words: AgentWords & { private?: boolean | undefined }): { id: number } =>
      agentSays(ticketId, words, true, words.private ?? true),

    /** `agentId` null unassigns; `byAgentId` is who does it, when a person does. */
    assign(ticketId: number, agentId: number | null, by: By = 'agent', byAgentId?: number): void {
      const responderId = agentId === null ? null : agentOf(agentId).id;
      updateTicket(state, ticketOf(ticketId), { responderId }, performer(by, byAgentId));
    },
    setGroup(ticketId: number, groupId: number | null, by: By = 'agent', byAgentId?: number): void {
      if (groupId !== null && !state.groups.has(groupId)) throw new Error(`there is no group ${groupId}`);
      updateTicket(state, ticketOf(ticketId), { groupId }, performer(by, byAgentId));
    },
    setStatus(ticketId: number, status: number, by: By = 'agent', byAgentId?: number): void {
      updateTicket(state, ticketOf(ticketId), { status }, performer(by, byAgentId));
    },
    setPriority(ticketId: number, priority: number, by: By = 'agent', byAgentId?: number): void {
      updateTicket(state, ticketOf(ticketId), { priority }, performer(by, byAgentId));
    },
    setTags(ticketId: number, tags: string[], by: By = 'agent', byAgentId?: number): void {
      updateTicket(state, ticketOf(ticketId), { tags }, performer(by, byAgentId));
    },
    setProduct(ticketId: number, productId: number | null, by: By = 'agent', byAgentId?: number): void {
      updateTicket(state, ticketOf(ticketId), { productId }, performer(by, byAgentId));
    },
    /** Somebody else becomes the requester, such as the sender of a mail that an agent forwarded. */
    setRequester(ticketId: number, person: { email: string; name?: string | undefined }, byAgentId?: number): void {
      const requesterId = contactFor(state, person).id;
      updateTicket(state, ticketOf(ticketId), { requesterId }, performer('agent', byAgentId));
    },
    /** What the desk has learnt about a requester; their tickets' `updated_at` does not move and no rule fires. */
    setContact(contactId: number, details: Partial<Pick<Contact, 'name' | 'email' | 'phone' | 'mobile'>>): void {
      const contact = state.contacts.get(contactId);
      if (contact === undefined) throw new Error(`there is no contact ${contactId}`);
      Object.assign(contact, details, { updatedAt: nowStamp(state) });
    },
    markSpam(ticketId: number, byAgentId?: number): void {
      updateTicket(state, ticketOf(ticketId), { spam: true }, performer('agent', byAgentId));
    },
    deleteTicket(ticketId: number, byAgentId?: number): void {
      updateTicket(state, ticketOf(ticketId), { deleted: true }, performer('agent', byAgentId));
    },
    /** Out of trash and out of spam. */
    restore(ticketId: number, byAgentId?: number): void {
      updateTicket(state, ticketOf(ticketId), { deleted: false, spam: false }, performer('agent', byAgentId));
    },
    editNote(conversationId: number, words: Words & { agentId?: number | undefined }): void {
      editConversation(state, conversationOf(conversationId), htmlOf(words), agentOf(words.agentId).id);
    },
    deleteNote(conversationId: number): void {
      removeConversation(state, conversationOf(conversationId));
    },
    /** The others' threads move into `ticketId`; they are closed with a note. Cannot be undone. */
    merge(ticketId: number, otherIds: number[], byAgentId?: number): void {
      mergeTickets(state, ticketOf(ticketId), otherIds.map(ticketOf), performer('agent', byAgentId));
    },
    /** A system job (an escalation, say) moves `updated_at` without anybody having written. */
    touchUpdatedAt(ticketId: number): void {
      touchTicket(state, ticketOf(ticketId));
    },
  };
}

export type Account = ReturnType<typeof createAccount>;

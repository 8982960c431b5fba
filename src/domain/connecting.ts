/** What a connection may be called: it becomes part of addresses and of Temporal's ids. */
export const CONNECTION_ID = /^[a-z0-9][a-z0-9_-]{0,62}$/;

/** What can be a Freshdesk API key: it travels in a header. */
export const API_KEY = /^[\x21-\x7e]{1,200}$/;

/** Who asks the API: with the ADMIN_TOKEN, or with the VIEWER_TOKEN, which reads and changes nothing. */
export type Role = 'admin' | 'viewer';

/** Users with names of their own would be told apart by `who`. */
export type Caller = { who: string; role: Role };

/** The texts that open the API; null: nobody reads only. */
export type Tokens = { admin: string; viewer: string | null };

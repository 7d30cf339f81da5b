import type { Resolvers } from '../../generated/graphql.ts';

export const accessResolvers = {
  Query: {
    viewer: (_parent, _args, context) => context.viewer,
  },
  Viewer: {
    preferences: async (_viewer, _args, { loaders, caller }) =>
      (await loaders.access.preferences(caller))?.preferences ?? null,
    preferencesVersion: async (_viewer, _args, { loaders, caller }) =>
      (await loaders.access.preferences(caller))?.version ?? null,
    sessions: (_viewer, _args, { loaders, caller }) => loaders.access.sessions(caller),
  },
  Mutation: {
    createSession: async (_parent, _args, { loaders, caller, audit }, { path }) => {
      const created = await loaders.access.createSession(caller, audit.actor);
      audit.covered(String(path.key));
      return created;
    },
    revokeSession: async (_parent, { input }, { loaders, caller, viewer, audit }, { path }) => {
      await loaders.access.revokeSession(caller, input.id, audit.actor);
      audit.covered(String(path.key));
      return { viewer };
    },
    revokeAllSessions: async (_parent, { input }, { loaders, caller, viewer, audit }, { path }) => {
      const revoked = await loaders.access.revokeAllSessions(caller, input ?? {}, audit.actor);
      audit.covered(String(path.key));
      return { revoked, viewer };
    },
    signOut: async (_parent, _args, { loaders, caller, audit }, { path }) => {
      await loaders.access.signOut(caller, audit.actor);
      audit.covered(String(path.key));
      return { signedOut: true };
    },
    updatePreferences: async (_parent, { input }, { loaders, caller, viewer, audit }, { path }) => {
      await loaders.access.updatePreferences(caller, input, audit.actor);
      audit.covered(String(path.key));
      return { viewer };
    },
  },
} satisfies Resolvers;

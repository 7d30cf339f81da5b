import type { EdgeRequest } from '../platform/edges.ts';
import { toPsRequestNumber } from '../sources/salesforce/ids.ts';
import type { SalesforceLoaders } from '../sources/salesforce/loaders.ts';
import type { PsRequestModel } from '../sources/salesforce/model.ts';

export interface LinkLoaders {
  /** By a number that is stored on our side; one that is no number loads as null, because nobody can correct it in the request. */
  readonly psRequestByStoredNumber: { load(number: string, request: EdgeRequest): Promise<PsRequestModel | null> };
}

/** Loaders of one request, on top of those of the slices; batching is theirs. */
export function createLinkLoaders(loaders: {
  readonly salesforce: Pick<SalesforceLoaders, 'psRequestByNumber'>;
}): LinkLoaders {
  return {
    psRequestByStoredNumber: {
      load: async (text, request) => {
        const number = toPsRequestNumber(text);
        return number === null ? null : loaders.salesforce.psRequestByNumber.load(number, request);
      },
    },
  };
}

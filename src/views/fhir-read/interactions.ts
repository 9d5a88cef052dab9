import { canonicalBase } from '../../fhir/systems.ts';
import { type ServedType, servedTypes } from '../read-model/search-parameters.ts';
import { statusTypes } from './pump-status.ts';

/** What is served: the one table that routes, CapabilityStatement and OpenAPI go by. */
export interface Served {
  /** FHIR's name of the interaction, or of the operation without its `$`. */
  readonly code: InteractionCode | OperationName;
  readonly methods: readonly ('get' | 'post')[];
  /** Below the FHIR base; `:type`, `:id` and `:version` are its variables. */
  readonly path: string;
  readonly types: readonly ServedType[];
  /** What a scope has to give, before anything is looked up … */
  readonly needs: 'read' | 'search';
  /** … for these types; absent: for the type asked. */
  readonly needsTypes?: readonly ServedType[];
  /** Whether a scope that gives only what matches a search is enough. Earlier versions are not searched. */
  readonly inPart: 'enough' | 'too little';
  /** What it may be asked with beside `_format` and `_pretty`; undefined: whatever the search takes. */
  readonly parameters?: readonly string[];
  /** Name of the interaction in the audit. */
  readonly audited: 'read' | 'vread' | 'history' | 'search' | 'operation';
}

export type InteractionCode = 'read' | 'vread' | 'history-instance' | 'search-type';
export type OperationName = 'everything' | 'pump-status';

export const served: readonly Served[] = [
  {
    ...{ code: 'everything', methods: ['get'], path: '/:type/:id/$everything', types: ['Patient'] },
    ...{ needs: 'read', inPart: 'too little', audited: 'operation' },
    parameters: ['_type', '_since', '_count', 'start', 'end', '_page'],
  },
  {
    ...{ code: 'pump-status', methods: ['get', 'post'], path: '/:type/:id/$pump-status', types: ['Device', 'Patient'] },
    ...{ needs: 'read', inPart: 'too little', audited: 'operation' },
    ...{ needsTypes: statusTypes, parameters: ['at'] },
  },
  {
    ...{ code: 'search-type', methods: ['post'], path: '/:type/_search', types: servedTypes },
    ...{ needs: 'search', inPart: 'enough', audited: 'search' },
  },
  {
    ...{ code: 'vread', methods: ['get'], path: '/:type/:id/_history/:version', types: servedTypes },
    ...{ needs: 'read', inPart: 'too little', audited: 'vread', parameters: [] },
  },
  {
    ...{ code: 'history-instance', methods: ['get'], path: '/:type/:id/_history', types: servedTypes },
    ...{ needs: 'read', inPart: 'too little', audited: 'history', parameters: ['_count', '_since', '_page'] },
  },
  {
    ...{ code: 'read', methods: ['get'], path: '/:type/:id', types: servedTypes },
    ...{ needs: 'read', inPart: 'enough', audited: 'read', parameters: [] },
  },
  {
    ...{ code: 'search-type', methods: ['get'], path: '/:type', types: servedTypes },
    ...{ needs: 'search', inPart: 'enough', audited: 'search' },
  },
];

/** Canonicals of the operations' definitions. */
export const operationDefinition: Readonly<Record<OperationName, string>> = {
  everything: 'http://hl7.org/fhir/OperationDefinition/Patient-everything',
  'pump-status': `${canonicalBase}/OperationDefinition/pump-status`,
};

export const isOperation = (code: Served['code']): code is OperationName => Object.hasOwn(operationDefinition, code);

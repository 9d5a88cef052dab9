import type { Resource } from '@medplum/fhirtypes';
import { Client } from 'fhir-kit-client';
import type { DesiredResource } from '../src/mapping/built.ts';
import { secondsSince } from './measure.ts';
import { gate } from './row.ts';

/**
 * What one would write without an adapter: create after create, each awaited, so that order is kept. It has its
 * resources ready, remembers nothing, and cannot repair a reference to what comes later. Resources a second.
 */
export async function plainLoop(fhirBaseUrl: string, resources: readonly DesiredResource[]): Promise<number> {
  const client = new Client({ baseUrl: fhirBaseUrl });
  const start = performance.now();
  for (const { identity, resource } of resources) {
    const headers = { 'if-none-exist': `identifier=bench|${identity}`, authorization: 'Bearer bench' };
    const created = (await client.create({
      resourceType: resource.resourceType,
      body: resource as never,
      options: { headers },
    })) as Resource;
    gate(created.id !== undefined, 'a create of the plain loop failed');
  }
  return resources.length / secondsSince(start);
}

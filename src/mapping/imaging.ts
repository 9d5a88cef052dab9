import type { Observation } from '@medplum/fhirtypes';
import type { ClinicalEventOf } from '../event/event.ts';
import { itb, profile } from '../fhir/systems.ts';
import type { Entry } from '../therapy/history.ts';
import type { Timeline } from '../therapy/timeline.ts';
import type { Built } from './built.ts';
import { namedDevices } from './concerned.ts';
import { eventIdentity, type MappingContext } from './context.ts';
import { concept, refer } from './element.ts';
import { category, fact, inText, observed, unknownValue } from './observed.ts';

type Imaging = ClinicalEventOf<'imaging'>;

/** One Observation for each imaging, with its finding in the reporter's words: never a cause that was not reported. */
export function imagings(therapy: Timeline, context: MappingContext): Built[] {
  return therapy.entries.filter(isImaging).map((entry) => {
    const devices = namedDevices(therapy, entry, context);
    const resource = imaging(entry, devices, context);
    return { identity: eventIdentity(context, entry, 'imaging'), resource, entry, optional: devices };
  });
}

function imaging(entry: Entry<Imaging>, devices: readonly string[], context: MappingContext): Observation {
  const { modality, site, contrast, finding } = entry.event;
  const component = fact(context, 'contrast', inText(contrast));
  return {
    ...observed(context, profile.imaging, entry, 'imaging'),
    ...category(context, 'imaging'),
    code: concept(context, itb.clinical, 'imaging'),
    ...(devices.length > 0 && { focus: devices.map(refer) }),
    ...(finding ? { valueString: finding } : unknownValue(context)),
    ...(site && { bodySite: { text: site } }),
    method: { text: modality },
    ...(component.length > 0 && { component }),
  };
}

const isImaging = (entry: Entry): entry is Entry<Imaging> => entry.event.type === 'imaging';

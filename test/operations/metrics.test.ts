import { describe, expect, test } from 'vitest';
import { createMetrics, type Standing } from '../../src/metrics.ts';

const quiet = { notDurable: 0, waiting: 0, waitingSeconds: 0 };
const nothing: Standing = { tickets: [], ages: [], gates: [], review: [], intake: quiet };

/** The samples of one metric, as Prometheus reads them. */
const samples = (body: string, name: string): string[] =>
  body.split('\n').filter((line) => line.startsWith(`${name}{`) || line.startsWith(`${name} `));

describe('the numbers', () => {
  test('of events count what became of each, and the problems by code', async () => {
    const metrics = createMetrics();
    metrics.eventTaken('accepted', []);
    metrics.eventTaken('accepted', []);
    metrics.eventTaken('duplicate', []);
    metrics.eventTaken('refused', ['field-missing', 'field-range']);
    const { body, contentType } = await metrics.text(nothing);
    expect(contentType).toBe('text/plain; version=0.0.4; charset=utf-8');
    expect(samples(body, 'itb_events_total')).toEqual([
      'itb_events_total{outcome="accepted"} 2',
      'itb_events_total{outcome="duplicate"} 1',
      'itb_events_total{outcome="refused"} 1',
    ]);
    expect(samples(body, 'itb_event_problems_total')).toEqual([
      'itb_event_problems_total{code="field-missing"} 1',
      'itb_event_problems_total{code="field-range"} 1',
    ]);
  });

  test('of a destination count answers by class and time what was answered', async () => {
    const metrics = createMetrics();
    const meter = metrics.at({ tenant: 'north', destination: 'general' });
    meter.answered(201, 0.2);
    meter.answered(422, 3);
    meter.answered('unknown', 30);
    meter.answered('not-sent', undefined);
    meter.tokenAsked('granted');
    meter.tokenAsked('destination-unauthorized');
    const { body } = await metrics.text(nothing);
    const at = 'tenant="north",destination="general"';
    expect(samples(body, 'itb_destination_requests_total')).toEqual(
      ['2xx', '4xx', 'unknown', 'not-sent'].map(
        (answer) => `itb_destination_requests_total{${at},answer="${answer}"} 1`,
      ),
    );
    expect(samples(body, 'itb_destination_request_duration_seconds_count')).toEqual([
      `itb_destination_request_duration_seconds_count{${at}} 3`,
    ]);
    expect(samples(body, 'itb_destination_request_duration_seconds_sum')).toEqual([
      `itb_destination_request_duration_seconds_sum{${at}} 33.2`,
    ]);
    expect(samples(body, 'itb_token_requests_total')).toEqual([
      `itb_token_requests_total{${at},outcome="granted"} 1`,
      `itb_token_requests_total{${at},outcome="destination-unauthorized"} 1`,
    ]);
  });

  test('of requests to us name the route as written, and no method that a client made up', async () => {
    const metrics = createMetrics();
    metrics.served({ method: 'POST', route: '/events', status: 200, seconds: 0.01 });
    metrics.served({ method: 'CANARY', route: 'unmatched', status: 404, seconds: 0.01 });
    const { body } = await metrics.text(nothing);
    expect(samples(body, 'itb_http_request_duration_seconds_count')).toEqual([
      'itb_http_request_duration_seconds_count{method="POST",route="/events",status="2xx"} 1',
      'itb_http_request_duration_seconds_count{method="other",route="unmatched",status="4xx"} 1',
    ]);
  });

  test('of what stands now are those of now: what is gone is gone', async () => {
    const metrics = createMetrics();
    const place = { tenant: 'north', destination: 'general' };
    const at = 'tenant="north",destination="general"';
    const { body } = await metrics.text({
      tickets: [{ ...place, state: 'parked', count: 2 }],
      ages: [{ ...place, state: 'due', seconds: 12.5 }],
      gates: [{ ...place, state: 'closed' }],
      review: [{ stage: 'intake', count: 4 }],
      intake: { notDurable: 7, waiting: 3, waitingSeconds: 1.5 },
    });
    expect(samples(body, 'itb_tickets')).toEqual([`itb_tickets{${at},state="parked"} 2`]);
    expect(samples(body, 'itb_intake_messages')).toEqual([
      'itb_intake_messages{state="not-durable"} 7',
      'itb_intake_messages{state="waiting"} 3',
    ]);
    expect(samples(body, 'itb_intake_waiting_seconds')).toEqual(['itb_intake_waiting_seconds 1.5']);
    expect(samples(body, 'itb_ticket_age_seconds')).toEqual([`itb_ticket_age_seconds{${at},state="due"} 12.5`]);
    expect(samples(body, 'itb_destination_gate')).toEqual([
      `itb_destination_gate{${at},state="open"} 0`,
      `itb_destination_gate{${at},state="paused"} 0`,
      `itb_destination_gate{${at},state="closed"} 1`,
      `itb_destination_gate{${at},state="probing"} 0`,
    ]);
    expect(samples(body, 'itb_review_items')).toEqual(['itb_review_items{stage="intake"} 4']);
    const later = await metrics.text(nothing);
    for (const name of ['itb_tickets', 'itb_ticket_age_seconds', 'itb_destination_gate', 'itb_review_items']) {
      expect(samples(later.body, name)).toEqual([]);
    }
  });

  test('of the process are there only when asked for', async () => {
    const metrics = createMetrics();
    expect((await metrics.text(nothing)).body).not.toContain('process_cpu_seconds_total');
    metrics.watchProcess();
    expect((await metrics.text(nothing)).body).toContain('process_cpu_seconds_total');
  });
});

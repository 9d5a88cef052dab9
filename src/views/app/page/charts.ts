import type { Course } from '../../pump-status/course-schema.ts';
import { doseChart } from './chart-dose.ts';
import { reservoirCharts } from './chart-reservoir.ts';
import { timelineChart } from './chart-timeline.ts';
import { type Child, element, section } from './elements.ts';

/**
 * How the therapy went: each chart with its words and its numbers beside it. A fault here never keeps the status itself
 * from being read.
 */
export function chartSections(course: Course | undefined): Child {
  if (!course) return noCourse();
  try {
    return [doseChart(course), reservoirCharts(course), timelineChart(course)];
  } catch (error) {
    reportError(error);
    return noCourse();
  }
}

const noCourse = (): HTMLElement =>
  section('course', 'How it went', element('p', {}, 'The course of the therapy could not be shown.'));

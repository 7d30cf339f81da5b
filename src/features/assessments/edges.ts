import type { Edge } from '../../platform/edges.ts';

export const assessmentsEdges: readonly Edge[] = [
  {
    type: 'Mentor',
    field: 'assessments',
    key: 'nativeId',
    loader: 'assessments.assessmentsByMentorId',
    to: 'Assessment',
    shape: 'connection',
  },
  {
    type: 'Assessment',
    field: 'mentor',
    key: 'mentorId',
    loader: 'assessments.mentorById',
    to: 'Mentor',
    shape: 'one',
  },
];

// A refill as a clinic's board lists it, for whoever takes the board as FHIR.

CodeSystem: ItbRefillState
Id: itb-refill-state
Title: "ITB states of a refill"
Description: "Where a day stands against the dates of a refill, as reported or calculated. A state never says what is in a reservoir: a refill elsewhere may not have been reported."
* insert LocalCodeSystem
* #before-due "Before the due date" "No refill is due within the days that the clinic looks ahead."
* #due-soon "Due soon" "The due date lies within the days that the clinic looks ahead."
* #past-due-date "No refill reported by the due date" "The due date is past and no refill was reported since."
* #past-alarm-date "No refill reported by the alarm date" "The day of the low reservoir alarm has come and no refill was reported since."
* #unknown "Not known" "What was reported does not tell when a refill is due."

ValueSet: ItbRefillStateCodes
Id: itb-refill-state
Title: "ITB states of a refill"
Description: "Where a day stands against the dates of a refill."
* insert LocalValueSet
* include codes from system $refillState

ValueSet: ItbRefillTaskInputCodes
Id: itb-refill-task-input
Title: "ITB refill task input"
Description: "What a refill task states beside its due date."
* insert LocalValueSet
* $observation#low-reservoir-alarm-date
* $observation#reported-low-reservoir-alarm-date
* $observation#refill-due-by
* $observation#reported-refill-due-date

Invariant: itb-rtk-due
Description: "The end of the period is the due date that is stated beside it."
Severity: #error
Expression: "restriction.period.end.exists() implies input.where(type.coding.code = 'refill-due-by' or type.coding.code = 'reported-refill-due-date').value.ofType(dateTime) = restriction.period.end"

Profile: ItbRefillTask
Parent: Task
Id: itb-refill-task
Title: "ITB refill task"
Description: "The next refill of one patient, as the board of a clinic lists it: by when it is due, who looks after it, for when it is booked. Not an alarm or monitoring system."
* insert Published
* insert AdapterDomainResource
* obeys itb-rtk-due
* identifier 1..*
* status from http://hl7.org/fhir/ValueSet/task-status (required)
* intent = #plan
* code 1..1
* code = $procedure#pump-refill
* businessStatus 1..1
* businessStatus from ItbRefillStateCodes (required)
* for 1..1
* for only Reference(Patient)
* description 1..1
* description ^short = "The state in words"
* executionPeriod ^short = "The day for which it is booked"
* lastModified ^short = "When owner, note or booking were changed last"
* owner ^short = "Who looks after it, by name"
* note ^short = "What the clinic noted"
* restriction.period.end ^short = "The day by which it is due"
* input.type from ItbRefillTaskInputCodes (required)
* input.value[x] only dateTime

Instance: example-refill-task
InstanceOf: ItbRefillTask
Usage: #example
* insert Tagged(3f3b3c1e-6a52-4f0d-8f57-0a7d9a3c1e63)
* status = #accepted
* intent = #plan
* code = $procedure#pump-refill "Refill of pump reservoir"
* businessStatus = $refillState#due-soon "Due soon"
* description = "Due by 2025-05-29, as reported."
* for = Reference(Patient/example)
* executionPeriod.start = "2025-05-27"
* executionPeriod.end = "2025-05-27"
* lastModified = "2025-05-20T10:00:00Z"
* owner.display = "N. Urse"
* note.text = "Family asked for a morning."
* restriction.period.end = "2025-05-29"
* input[0].type = $observation#reported-refill-due-date "Reported refill due date"
* input[=].valueDateTime = "2025-05-29"
* input[+].type = $observation#reported-low-reservoir-alarm-date "Reported low reservoir alarm date"
* input[=].valueDateTime = "2025-06-03"

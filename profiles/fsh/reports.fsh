// Pages for readers: DocumentReference where a chart takes documents, Task where a human has to enter them.

Invariant: itb-rep-text
Description: "The first content is plain text that is in the document itself, with its size and hash."
Severity: #error
Expression: "content.first().attachment.where(contentType = 'text/plain' and data.exists() and size.exists() and hash.exists() and url.empty()).exists()"

Invariant: itb-rep-replaces
Description: "It replaces at most one document."
Severity: #error
Expression: "relatesTo.count() <= 1 and relatesTo.all(code = 'replaces')"

Invariant: itb-wrk-text
Description: "The page to be entered stands in it once."
Severity: #error
Expression: "input.where(type.coding.where(system = 'https://w3id.org/itb-fhir/CodeSystem/itb-report' and code = 'text-to-enter').exists() and value.ofType(string).exists()).count() = 1"

ValueSet: ItbReportCodes
Id: itb-report
Title: "ITB documents"
Description: "Reports and corrections."
* insert LocalValueSet
* $report#event-report
* $report#correction

ValueSet: ItbWorklistInputCodes
Id: itb-worklist-input
Title: "ITB worklist input"
Description: "What an entry of the worklist holds."
* insert LocalValueSet
* $report#occurred-at
* $report#text-to-enter

Profile: ItbReport
Parent: DocumentReference
Id: itb-report
Title: "ITB report"
Description: "One event, or the correction of an earlier entry, as a readable page. It never changes: other content is another document that replaces it."
* insert Published
* insert AdapterDomainResource
* obeys itb-rep-text and itb-rep-replaces
* masterIdentifier 1..1
* identifier 1..*
* docStatus 1..1
* type 1..1
* type from ItbReportCodes (required)
* subject 1..1
* subject only Reference(Patient)
* description 1..1
* relatesTo ^short = "The document that this one replaces"
* content ^short = "Plain text; beside it a PDF where the site wants one"
* context.period ^short = "When the event happened"
* context.related ^short = "The entry that is corrected"

Profile: ItbWorklistEntry
Parent: Task
Id: itb-worklist-entry
Title: "ITB worklist entry"
Description: "What somebody has to enter by hand where no interface takes it. It is kept by the adapter and listed; no server is sent it."
* insert Published
* insert AdapterDomainResource
* obeys itb-wrk-text
* identifier 1..*
* intent = #order
* code 1..1
* code = $report#worklist-entry
* for 1..1
* for only Reference(Patient)
* description 1..1
* input 1..*
* input.type from ItbWorklistInputCodes (required)

// Examples of pages for readers. All invented.

Instance: example-report
InstanceOf: ItbReport
Usage: #example
* insert Tagged(0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e61)
* insert OfExamplePatient
* masterIdentifier.system = "https://w3id.org/itb-fhir/sid/example"
* masterIdentifier.value = "0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e61"
* status = #current
* docStatus = #final
* type = $report#event-report "Report of a pump event"
* date = "2024-06-25T14:20:00Z"
* author.display = "itb-fhir-adapter"
* description = "Intrathecal baclofen pump: refill, 2024-06-25 10:00 -04:00"
* relatesTo.code = #replaces
* relatesTo.target = Reference(DocumentReference/earlier)
* content.attachment.contentType = #text/plain
* content.attachment.data = "SW50cmF0aGVjYWwgYmFjbG9mZW4gcHVtcDogcmVmaWxsCg=="
* content.attachment.size = 34
* content.attachment.hash = "+U7/EEeKVL6SioTcmHIk7J6651k="
* content.attachment.title = "Intrathecal baclofen pump: refill, 2024-06-25 10:00 -04:00"
* context.period.start = "2024-06-25T10:00:00-04:00"
* context.period.end = "2024-06-25T10:00:00-04:00"

Instance: example-worklist-entry
InstanceOf: ItbWorklistEntry
Usage: #example
* insert Tagged(0b6f3c1e-6a52-5f0d-8f57-0a7d9a3c1e62)
* status = #requested
* intent = #order
* code = $report#worklist-entry "Entry to be made by hand"
* description = "Intrathecal baclofen pump: refill, 2024-06-25 10:00 -04:00"
* for = Reference(Patient/example)
* authoredOn = "2024-06-25T14:20:00Z"
* input[0].type = $report#occurred-at "Time of the event"
* input[=].valueDateTime = "2024-06-25T10:00:00-04:00"
* input[+].type = $report#text-to-enter "Text to be entered"
* input[=].valueString = "Intrathecal baclofen pump: refill"

// What is asked of the read API beside the interactions of FHIR.

Instance: pump-status
InstanceOf: OperationDefinition
Usage: #definition
* url = "https://w3id.org/itb-fhir/OperationDefinition/pump-status"
* version = "0.1.0"
* name = "PumpStatus"
* title = "Pump status"
* status = #draft
* kind = #operation
* experimental = false
* description = "What runs, how much is left, what is wrong and how sure that is: a summary of each pump, and the resources that it rests on. Nothing in the answer is stored, and nothing in it is older than what was reported. Not an alarm or monitoring system."
* affectsState = false
* code = #pump-status
* resource[0] = #Device
* resource[+] = #Patient
* system = false
* type = false
* instance = true
* parameter[0].name = #at
* parameter[=].use = #in
* parameter[=].min = 0
* parameter[=].max = "1"
* parameter[=].documentation = "The instant that is asked about, with its offset; without it, now. An instant to come is a projection: it holds only while the reported programme goes on unchanged."
* parameter[=].type = #dateTime
* parameter[+].name = #return
* parameter[=].use = #out
* parameter[=].min = 1
* parameter[=].max = "1"
* parameter[=].documentation = "A Bundle of type collection: the summary of each pump first, then what the caller may read of the devices, the running administrations with their drug and order, the newest panel, dose and fill, alarms that stand, complications that are open, the care plan, and their Provenance."
* parameter[=].type = #Bundle

// What a summary of a pump says: further codes of ItbObservation, and the codes of their values.

RuleSet: StatusSummaryCodes
* #pump-status-summary "Pump status summary" "What is known of one pump at an instant, each value with how and as of when it is known."
* #status-urgency "Urgency of the status" "What a reader should look at first, by the rules of the site. It is never an all-clear."
* #reports-held "Reports held" "Number of reports about the patient that wait for a human and are not in the status."
* #conflicts "Conflicts" "Number of contradictions and of values out of the ordinary that a reader should check."
* #last-report "Newest report" "When the newest report about the patient happened."
* #pump-state "State of the pump" "Whether the pump is in use, asks for its replacement, is at its end or was taken out."
* #delivery-state "Delivery" "Whether the pump delivers, by what was reported."
* #programme-since "Start of the programme" "Since when the programme runs."
* #last-dose-change "Last change of the dose" "When the programmed daily dose was changed last."
* #last-refill "Last refill" "When the reservoir was filled last, as reported."
* #days-to-refill "Days to the refill" "Calendar days to the day by which a refill is due; below zero after it."
* #refill-plan-state "State of the refill plan" "Where the instant stands against the dates of the next refill."
* #calculated-end "Calculated end of the volume" "Day on which the programme would have moved all that is left, as this software calculates it."

CodeSystem: ItbStatusAnswer
Id: itb-status-answer
Title: "ITB answers of a pump status"
Description: "Values of a pump status summary that no other code system of ours has."
* insert LocalCodeSystem
* #urgent "Urgent" "Something urgent was reported or calculated."
* #attention "Needs attention" "Something that needs attention was reported or calculated."
* #nothing-reported "Nothing urgent reported" "No rule of the site found anything. What was not reported is not known."
* #running "Running" "The pump runs its programme, by what was reported."
* #bridge "Bridge running" "Drug of the concentration before is being cleared from the tubing."
* #stopped "Not delivering" "The pump was reported as not delivering."
* #active "In use" "The pump is in use and no replacement indicator was reported."
* #eri "Asks for replacement" "The elective replacement indicator is on."
* #eos "End of service" "The battery is exhausted."
* #explanted "Taken out" "The pump was removed from the body."
* #before-due "Before the due date" "The day by which a refill is due has not passed."
* #past-due-date "No refill reported by the due date" "The day by which a refill is due has passed and no refill was reported since."
* #past-alarm-date "No refill reported by the alarm date" "The day of the low reservoir alarm has come and no refill was reported since."
* #past-calculated-end "No refill reported by the calculated end" "By calculation all that was filled has been moved and no refill was reported since. What is in the reservoir is not known."

// Outcome scales, their grades and their parts. What values a scale takes stands in mappings/scales.json.

CodeSystem: ItbAssessmentScale
Id: itb-assessment-scale
Title: "ITB assessment scales"
Description: "Outcome scales by name. Totals, levels or indices only; the text of an instrument belongs to its owner."
* insert LocalCodeSystem
* #mas "Modified Ashworth Scale" "Resistance to passive movement, 0, 1, 1+, 2, 3 or 4. 1+ is not a number."
* #tardieu "Tardieu Scale" "Spasticity by velocity of stretch: two angles and the quality of the reaction."
* #psfs "Penn Spasm Frequency Scale" "Frequency of spasms, 0 to 4, where stated with their severity."
* #pain-nrs "Numeric pain rating scale" "Pain from 0 to 10, as reported."
* #pain-vas "Visual analog pain scale" "Pain as marked on a line, 0 to 100."
* #wong-baker "Wong-Baker FACES pain rating" "Pain by faces, 0 to 10."
* #gmfcs "Gross Motor Function Classification System" "Level I to V. A level is not a score."
* #gas "Goal Attainment Scaling" "Attainment of a goal, -2 to +2."
* #gas-baseline "Goal Attainment Scaling, baseline" "Attainment of a goal before therapy, -2 to +2."
* #gas-follow-up "Goal Attainment Scaling, follow-up by practitioner" "Attainment of a goal as a practitioner scores it later, -2 to +2."
* #copm "Canadian Occupational Performance Measure" "Performance and satisfaction, 1 to 10 each. Scores only; licence held by the site."
* #fim "Functional Independence Measure" "Total score only; licence held by the site."
* #barthel "Barthel Index" "Total of activities of daily living."
* #eq-5d "EQ-5D" "Index only; licence held by the site."

CodeSystem: ItbAssessmentGrade
Id: itb-assessment-grade
Title: "ITB assessment grades"
Description: "Grades and levels of outcome scales that are no numbers: they have an order, no distance."
* insert LocalCodeSystem
* #mas-0 "0" "Modified Ashworth Scale, grade 0."
* #mas-1 "1" "Modified Ashworth Scale, grade 1."
* #mas-1-plus "1+" "Modified Ashworth Scale, grade 1+, between 1 and 2."
* #mas-2 "2" "Modified Ashworth Scale, grade 2."
* #mas-3 "3" "Modified Ashworth Scale, grade 3."
* #mas-4 "4" "Modified Ashworth Scale, grade 4."
* #gmfcs-1 "I" "Gross Motor Function Classification System, level I."
* #gmfcs-2 "II" "Gross Motor Function Classification System, level II."
* #gmfcs-3 "III" "Gross Motor Function Classification System, level III."
* #gmfcs-4 "IV" "Gross Motor Function Classification System, level IV."
* #gmfcs-5 "V" "Gross Motor Function Classification System, level V."

CodeSystem: ItbAssessmentPart
Id: itb-assessment-part
Title: "ITB assessment parts"
Description: "Parts of scales that have several values."
* insert LocalCodeSystem
* #tardieu-r1 "Angle of catch (R1)" "Angle of the catch at fast stretch."
* #tardieu-r2 "Passive range (R2)" "Angle at the end of the passive range at slow stretch."
* #tardieu-quality "Quality of muscle reaction" "Quality of the reaction to stretch."
* #psfs-severity "Severity of spasms" "How severe the spasms were."
* #copm-performance "Performance" "Performance as the patient rates it."
* #copm-satisfaction "Satisfaction" "Satisfaction with the performance as the patient rates it."

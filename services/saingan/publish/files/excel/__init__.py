"""Excel workbooks (.xlsx), read as a stream.

reader              the sheet and the row with the headings are found
package             the parts of the workbook file
sheet, merged       the rows of a worksheet
number_formats      which formats are dates
"""

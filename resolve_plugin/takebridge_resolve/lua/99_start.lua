-- Start, as choosing it in the Scripts menu does.

return TB.main()

from saingan.cli import main

main()

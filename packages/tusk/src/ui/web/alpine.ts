import Alpine from '@alpinejs/csp'

// The build without eval: expressions are names, calls and plain operators; longer ones belong into Alpine.data.
Alpine.start()

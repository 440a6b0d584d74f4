void modelux_resources_placeholder(void);

enum ModeluxAdminPlaceholder {}
